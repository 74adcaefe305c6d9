import type { Argv, InferredOptionTypes, Options } from "yargs";
import { DEFAULT_CONNECTIONS, DEFAULTS } from "../../run/options.js";
import { ENDPOINTS } from "../../vision/endpoints.js";
import { defaultDatabase } from "./db-path.js";
import { httpUrl, nonEmpty, pemFile, symbolFile, symbolList, wholeNumber } from "./readers.js";

/** Environment of the options that have a variable. */
const env = process.env;

/** Options of the commands that probe, as yargs takes them. */
export const runOptions = {
  db: {
    describe: "database file (env BFA_DB)",
    string: true,
    requiresArg: true,
    coerce: nonEmpty("db"),
    default: env["BFA_DB"] ?? defaultDatabase(),
    defaultDescription: "in the XDG data folder",
  },
  symbols: { describe: "symbols, between commas", string: true, requiresArg: true, coerce: symbolList("symbols") },
  "symbols-file": {
    describe: "file of symbols, one a line",
    string: true,
    requiresArg: true,
    coerce: symbolFile("symbols-file"),
    conflicts: "symbols",
  },
  quote: { describe: "only symbols with this quote asset", string: true, requiresArg: true, coerce: nonEmpty("quote") },
  source: {
    describe: "HEAD every file, LIST every symbol's folder, or whichever costs fewer requests",
    choices: ["auto", "head", "list"] as const,
    default: "auto" as const,
  },
  endpoint: {
    describe: "where HEADs go (env BFA_ENDPOINT)",
    string: true,
    requiresArg: true,
    coerce: httpUrl("endpoint", false),
    ...(env["BFA_ENDPOINT"] === undefined ? {} : { default: env["BFA_ENDPOINT"] }),
    defaultDescription: ENDPOINTS.download,
  },
  "list-endpoint": {
    describe: "bucket URL that LISTs go to (env BFA_LIST_ENDPOINT)",
    string: true,
    requiresArg: true,
    coerce: httpUrl("list-endpoint", true),
    ...(env["BFA_LIST_ENDPOINT"] === undefined ? {} : { default: env["BFA_LIST_ENDPOINT"] }),
    defaultDescription: ENDPOINTS.list,
  },
  ca: {
    describe: "PEM file of certificates to trust instead of the system's (env BFA_CA)",
    string: true,
    requiresArg: true,
    coerce: pemFile("ca"),
    ...(env["BFA_CA"] === undefined ? {} : { default: env["BFA_CA"] }),
  },
  threads: {
    describe: "prober threads",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("threads", 1, 64),
    defaultDescription: "1; 2 for a backfill",
  },
  connections: {
    describe: "sockets in all, split over the threads",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("connections", 1, 1024),
    defaultDescription: `${DEFAULT_CONNECTIONS.http1}; ${DEFAULT_CONNECTIONS.http2} of HTTP/2`,
  },
  http2: {
    describe: "offer HTTP/2 for HEADs",
    boolean: true,
    defaultDescription: "yes; no for a backfill",
  },
  pool: { describe: "keep connections open (--no-pool opens one for every HEAD)", boolean: true, default: true },
  timeout: {
    describe: "limit for connecting and for each answer, ms",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("timeout", 1, 600_000),
    default: String(DEFAULTS.timeoutMs),
  },
  retries: {
    describe: "further attempts after a failure that may pass",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("retries", 0, 20),
    default: String(DEFAULTS.retries),
  },
  json: { describe: "print the summary as one JSON object", boolean: true, default: false },
  quiet: { describe: "no progress and no summary", boolean: true, default: false },
  "log-level": {
    describe: "structured log lines on stderr",
    choices: ["silent", "error", "warn", "info", "debug"] as const,
    default: "silent" as const,
  },
} as const satisfies Record<string, Options>;

export type RunArguments = InferredOptionTypes<typeof runOptions>;

/** Adds the options that all probing commands share. */
export function withRunOptions<T>(yargs: Argv<T>) {
  return yargs.options(runOptions).group(["symbols", "symbols-file", "quote"], "Symbols:");
}
