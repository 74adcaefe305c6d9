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

/** `--wait` of every command that writes to a database. */
export const waitOption = {
  describe: "how long to wait for a database that another process is using, s",
  string: true,
  requiresArg: true,
  coerce: wholeNumber("wait", ...(BOUNDS.waitMs.map((ms) => ms / 1000) as [number, number])),
  defaultDescription: String(DEFAULTS.waitMs / 1000),
} as const satisfies OptionDefinition;

/** `--adopt-endpoint` of every command that fills a database. */
export const adoptEndpointOption = {
  describe: "allow filling a database from different servers than before",
  boolean: true,
  defaultDescription: yesNo(DEFAULTS.adoptEndpoint),
} as const satisfies OptionDefinition;

/** The URL of the exchange's contracts, for every command that captures them. */
export function contractsUrlOption(name: string, defaultDescription: string) {
  return {
    describe: "URL of the exchange's exchangeInfo",
    string: true,
    requiresArg: true,
    coerce: httpUrl(name, true),
    ...fromEnvironment("BFA_CONTRACTS_URL"),
    defaultDescription,
  } as const satisfies OptionDefinition;
}

/** An option's environment variable, with its value as the default if it is set and not empty. */
function fromEnvironment(env: string): Pick<OptionDefinition, "env"> & { default?: string } {
  const value = process.env[env];
  return value === undefined || value === "" ? { env } : { env, default: value };
}

/** `--ca` of every command that connects to a server. Its variable is read when a command is parsed. */
export function caOption() {
  return {
    describe: "PEM file of certificates to trust in addition to Node's",
    string: true,
    requiresArg: true,
    coerce: pemFile("ca"),
    ...fromEnvironment("BFA_CA"),
  } as const satisfies OptionDefinition;
}

/** `--timeout` and `--retries`. */
export const requestOptions = {
  timeout: {
    describe: "time limit for connecting and for each answer, ms",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("timeout", ...BOUNDS.timeoutMs),
    defaultDescription: String(DEFAULTS.timeoutMs),
  },
  retries: {
    describe: "number of retries after a transient failure",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("retries", ...BOUNDS.retries),
    defaultDescription: String(DEFAULTS.retries),
  },
} as const satisfies Record<string, OptionDefinition>;

/** Options for what a run writes to stderr. */
export const voiceOptions = {
  quiet: { describe: "no progress, no notices and no summary; only failures", boolean: true, default: false },
  "log-level": {
    describe: "structured log lines on stderr",
    choices: ["silent", "error", "warn", "info", "debug"] as const,
    default: "silent" as const,
  },
} as const satisfies Record<string, OptionDefinition>;

/**
 * Options of every command that queries the bucket. Options that aren't given stay undefined, so that the library's
 * defaults apply; the help shows those.
 */
function runOptions(command: RunCommand) {
  const defaults = COMMAND_DEFAULTS[command];
  return {
    db: dbOption(),
    endpoint: {
      describe: "base URL for HEADs and downloads",
      string: true,
      requiresArg: true,
      coerce: httpUrl("endpoint", false),
      ...fromEnvironment("BFA_ENDPOINT"),
      defaultDescription: ENDPOINTS.download,
    },
    "list-endpoint": {
      describe: "bucket URL for LISTs",
      string: true,
      requiresArg: true,
      coerce: httpUrl("list-endpoint", true),
      ...fromEnvironment("BFA_LIST_ENDPOINT"),
      defaultDescription: ENDPOINTS.list,
    },
    ca: caOption(),
    threads: {
      describe: "number of prober threads",
      string: true,
      requiresArg: true,
      coerce: wholeNumber("threads", ...BOUNDS.threads),
      defaultDescription: threadsByDefault(defaults),
    },
    connections: {
      describe: "total number of sockets, split over the threads",
      string: true,
      requiresArg: true,
      coerce: wholeNumber("connections", ...BOUNDS.connections),
      defaultDescription: `${DEFAULT_CONNECTIONS.http1}; ${DEFAULT_CONNECTIONS.http2} with HTTP/2`,
    },
    http2: { describe: "offer HTTP/2 for HEADs", boolean: true, defaultDescription: yesNo(defaults.http2) },
    pool: {
      describe: "keep connections open (--no-pool opens one for every HEAD)",
      boolean: true,
      defaultDescription: yesNo(DEFAULTS.pool),
    },
    ...requestOptions,
    "max-requests-per-second": {
      describe: "rate limit for all threads together, for example for an IP address shared with others",
      string: true,
      requiresArg: true,
      coerce: wholeNumber("max-requests-per-second", ...BOUNDS.maxRequestsPerSecond),
    },
    wait: waitOption,
    ...answerOptions,
    "adopt-endpoint": adoptEndpointOption,
    ...voiceOptions,
  } as const satisfies Record<string, OptionDefinition>;
}

/** Options of the commands that end in a summary. */
const summaryOptions = {
  notify: {
    describe: "URL to post the summary to as JSON; if that fails, the run only warns",
    string: true,
    requiresArg: true,
    coerce: webhook("notify"),
  },
} as const satisfies Record<string, OptionDefinition>;

/** Options of the commands that select symbols. */
const symbolOptions = {
  symbols: { describe: "symbols, separated by commas", string: true, requiresArg: true, coerce: symbolList("symbols") },
  "symbols-file": {
    describe: "file of symbols, one per line",
    string: true,
    requiresArg: true,
    coerce: symbolFile("symbols-file"),
    conflicts: "symbols",
  },
  quote: { describe: "only symbols with this quote asset", string: true, requiresArg: true, coerce: nonEmpty("quote") },
  unlisted: {
    describe: "probe symbols even if the bucket does not list them",
    boolean: true,
    defaultDescription: yesNo(DEFAULTS.unlisted),
  },
} as const satisfies Record<string, OptionDefinition>;

/** Options of the commands that probe selected cells. */
const probeOptions = {
  ...symbolOptions,
  source: {
    describe: "HEAD every file, LIST every symbol's folder, or whichever takes fewer requests",
    choices: SOURCES,
    defaultDescription: DEFAULTS.source,
  },
} as const satisfies Record<string, OptionDefinition>;

export type RunArguments = InferredOptionTypes<ReturnType<typeof runOptions>>;
export type SummaryArguments = RunArguments & InferredOptionTypes<typeof summaryOptions>;
export type SymbolArguments = SummaryArguments & InferredOptionTypes<typeof symbolOptions>;
export type ProbeArguments = SummaryArguments & InferredOptionTypes<typeof probeOptions>;

/** Adds the options of every command that queries the bucket, with the defaults of this one. */
export function withRunOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return yargs.options(runOptions(command));
}

/** Adds the options of the commands that end in a summary. */
export function withSummaryOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return withRunOptions(yargs, command).options(summaryOptions);
}

/** Adds the options of the commands that select symbols. */
export function withSymbolOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return withSummaryOptions(yargs.options(symbolOptions), command).group(
    ["symbols", "symbols-file", "quote"],
    "Symbols:",
  );
}

/** Adds the options of the commands that probe selected cells. */
export function withProbeOptions<T>(yargs: Argv<T>, command: RunCommand) {
  return withSummaryOptions(yargs.options(probeOptions), command).group(
    ["symbols", "symbols-file", "quote"],
    "Symbols:",
  );
}

/** The library's options from the arguments that all these commands share. */
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

/** The same for the commands that select symbols. */
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
  return headThreads === threads ? String(threads) : `${threads}; ${headThreads} with --source head`;
}

/** The default of a flag as shown in help. */
export function yesNo(flag: boolean): string {
  return flag ? "yes" : "no";
}
