import type { Argv, InferredOptionTypes } from "yargs";
import {
  BOUNDS,
  COMMAND_DEFAULTS,
  DEFAULT_CONNECTIONS,
  DEFAULTS,
  SOURCES,
  type RunCommand,
  type CommandDefaults,
} from "../../run/defaults.js";
import type { ProbeOptions, RunOptions } from "../../run/options.js";
import { ENDPOINTS } from "../../vision/endpoints.js";
import { answerOptions } from "./answer-options.js";
import type { OptionDefinition } from "./command-page.js";
import { dbOption } from "./db-path.js";
import { httpUrl, nonEmpty, pemFile, symbolFile, symbolList, webhook, wholeNumber } from "./readers.js";

/** `--wait`, as every command that writes a file has it. */
export const waitOption = {
  describe: "how long to wait for a file that another process has, s",
  string: true,
  requiresArg: true,
  coerce: wholeNumber("wait", ...(BOUNDS.waitMs.map((ms) => ms / 1000) as [number, number])),
  defaultDescription: String(DEFAULTS.waitMs / 1000),
} as const satisfies OptionDefinition;

/** Where the exchange's contracts are, as every command that captures them has it. */
export function contractsUrlOption(name: string, defaultDescription: string) {
  return {
    describe: "where the exchange's exchangeInfo is",
    string: true,
    requiresArg: true,
    coerce: httpUrl(name, true),
    ...fromEnvironment("BFA_CONTRACTS_URL"),
    defaultDescription,
  } as const satisfies OptionDefinition;
}

/** An option's environment variable, and its value as the default where it is set. */
function fromEnvironment(env: string): Pick<OptionDefinition, "env"> & { default?: string } {
  const value = process.env[env];
  return value === undefined ? { env } : { env, default: value };
}

/** Certificates of one's own, as every command that speaks to a server has them. */
export const caOption = {
  describe: "PEM file of certificates to trust besides those that Node trusts",
  string: true,
  requiresArg: true,
  coerce: pemFile("ca"),
  ...fromEnvironment("BFA_CA"),
} as const satisfies OptionDefinition;

/** `--timeout` and `--retries`. */
export const requestOptions = {
  timeout: {
    describe: "limit for connecting and for each answer, ms",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("timeout", ...BOUNDS.timeoutMs),
    defaultDescription: String(DEFAULTS.timeoutMs),
  },
  retries: {
    describe: "further attempts after a failure that may pass",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("retries", ...BOUNDS.retries),
    defaultDescription: String(DEFAULTS.retries),
  },
} as const satisfies Record<string, OptionDefinition>;

/** What a command that runs says on stderr. */
export const voiceOptions = {
  quiet: { describe: "no progress, no notices and no summary; only failures", boolean: true, default: false },
  "log-level": {
    describe: "structured log lines on stderr",
    choices: ["silent", "error", "warn", "info", "debug"] as const,
    default: "silent" as const,
  },
} as const satisfies Record<string, OptionDefinition>;

/**
 * Options of every command that asks the bucket. What is not given stays undefined, so that the library's defaults hold;
 * the help shows these.
 */
function runOptions(command: RunCommand) {
  const defaults = COMMAND_DEFAULTS[command];
  return {
    db: dbOption,
    endpoint: {
      describe: "where HEADs go",
      string: true,
      requiresArg: true,
      coerce: httpUrl("endpoint", false),
      ...fromEnvironment("BFA_ENDPOINT"),
      defaultDescription: ENDPOINTS.download,
    },
    "list-endpoint": {
      describe: "bucket URL that LISTs go to",
      string: true,
      requiresArg: true,
      coerce: httpUrl("list-endpoint", true),
      ...fromEnvironment("BFA_LIST_ENDPOINT"),
      defaultDescription: ENDPOINTS.list,
    },
    ca: caOption,
    threads: {
      describe: "prober threads",
      string: true,
      requiresArg: true,
      coerce: wholeNumber("threads", ...BOUNDS.threads),
      defaultDescription: threadsByDefault(defaults),
    },
    connections: {
      describe: "sockets in all, split over the threads",
      string: true,
      requiresArg: true,
      coerce: wholeNumber("connections", ...BOUNDS.connections),
      defaultDescription: `${DEFAULT_CONNECTIONS.http1}; ${DEFAULT_CONNECTIONS.http2} of HTTP/2`,
    },
    http2: { describe: "offer HTTP/2 for HEADs", boolean: true, defaultDescription: yesNo(defaults.http2) },
    pool: {
      describe: "keep connections open (--no-pool opens one for every HEAD)",
      boolean: true,
      defaultDescription: yesNo(DEFAULTS.pool),
    },
    ...requestOptions,
    "max-requests-per-second": {
      describe: "limit for all threads together, as for an address that others share",
      string: true,
      requiresArg: true,
      coerce: wholeNumber("max-requests-per-second", ...BOUNDS.maxRequestsPerSecond),
    },
    wait: waitOption,
    ...answerOptions,
    "adopt-endpoint": {
      describe: "fill a file from other servers than those that filled it before",
      boolean: true,
      defaultDescription: yesNo(DEFAULTS.adoptEndpoint),
    },
    ...voiceOptions,
  } as const satisfies Record<string, OptionDefinition>;
}

/** Options of the commands that end in a summary. */
const summaryOptions = {
  notify: {
    describe: "URL to post the summary to, as JSON; that it can't be is a warning",
    string: true,
    requiresArg: true,
    coerce: webhook("notify"),
  },
} as const satisfies Record<string, OptionDefinition>;

/** Options of the commands that are about chosen symbols. */
const symbolOptions = {
  symbols: { describe: "symbols, between commas", string: true, requiresArg: true, coerce: symbolList("symbols") },
  "symbols-file": {
    describe: "file of symbols, one a line",
    string: true,
    requiresArg: true,
    coerce: symbolFile("symbols-file"),
    conflicts: "symbols",
  },
  quote: { describe: "only symbols with this quote asset", string: true, requiresArg: true, coerce: nonEmpty("quote") },
  unlisted: {
    describe: "probe symbols even when the bucket does not list them",
    boolean: true,
    defaultDescription: yesNo(DEFAULTS.unlisted),
  },
} as const satisfies Record<string, OptionDefinition>;

/** Options of the commands that probe chosen cells. */
const probeOptions = {
  ...symbolOptions,
  source: {
    describe: "HEAD every file, LIST every symbol's folder, or whichever costs fewer requests",
    choices: SOURCES,
    defaultDescription: DEFAULTS.source,
  },
} as const satisfies Record<string, OptionDefinition>;

export type RunArguments = InferredOptionTypes<ReturnType<typeof runOptions>>;
export type SummaryArguments = RunArguments & InferredOptionTypes<typeof summaryOptions>;
export type SymbolArguments = SummaryArguments & InferredOptionTypes<typeof symbolOptions>;
export type ProbeArguments = SummaryArguments & InferredOptionTypes<typeof probeOptions>;

/** Adds the options of every command that asks the bucket, with the defaults of this one. */
export function withRunOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return yargs.options(runOptions(command));
}

/** Adds those of the commands that end in a summary. */
export function withSummaryOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return withRunOptions(yargs, command).options(summaryOptions);
}

/** Adds those of the commands that are about chosen symbols. */
export function withSymbolOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return withSummaryOptions(yargs.options(symbolOptions), command).group(
    ["symbols", "symbols-file", "quote"],
    "Symbols:",
  );
}

/** Adds those of the commands that probe chosen cells. */
export function withProbeOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return withSummaryOptions(yargs.options(probeOptions), command).group(
    ["symbols", "symbols-file", "quote"],
    "Symbols:",
  );
}

/** Options of the library from the arguments that all these commands share. */
export function runOptionsOf(args: RunArguments): RunOptions {
  return {
    db: args.db,
    endpoint: args.endpoint,
    listEndpoint: args["list-endpoint"],
    ca: args.ca,
    threads: args.threads,
    connections: args.connections,
    http2: args.http2,
    pool: args.pool,
    timeoutMs: args.timeout,
    retries: args.retries,
    maxRequestsPerSecond: args["max-requests-per-second"],
    waitMs: args.wait === undefined ? undefined : args.wait * 1000,
    adoptEndpoint: args["adopt-endpoint"],
  };
}

/** The same for the commands that are about chosen symbols. */
export function symbolOptionsOf(
  args: SymbolArguments,
): RunOptions & Pick<ProbeOptions, "symbols" | "quote" | "unlisted"> {
  return {
    ...runOptionsOf(args),
    symbols: args.symbols ?? args["symbols-file"],
    quote: args.quote,
    unlisted: args.unlisted,
  };
}

/** The same for the commands that probe cells. */
export function probeOptionsOf(args: ProbeArguments): ProbeOptions {
  return { ...symbolOptionsOf(args), source: args.source };
}

function threadsByDefault({ threads, headThreads }: CommandDefaults): string {
  return headThreads === threads ? String(threads) : `${threads}; ${headThreads} by --source head`;
}

/** A flag as the help shows a default. */
export function yesNo(flag: boolean): string {
  return flag ? "yes" : "no";
}
