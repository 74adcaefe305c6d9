import type { CommandModule } from "yargs";
import { UNIVERSE_SUMMARY } from "../../query/universe-over/summary.js";
import { commandPage, type CommandPage } from "../args/command-page.js";
import type { CommandBody } from "./command-body.js";

/** A command as the list of all commands shows it. */
interface Listed {
  /** Places for its positional arguments. */
  takes?: string;
  /** One line. */
  about: string;
  /**
   * Loads its options and its action.
   *
   * @param below the word after its name: a command with subcommands loads only the one that it names
   */
  load: (below: string | undefined) => Promise<object>;
}

/**
 * Commands in the order of the help, each loaded on demand. What their list shows is here, because loading all of them
 * takes 100 ms.
 */
const COMMANDS = {
  update: {
    about: "Bring the database up to date: probe every cell that is due",
    load: async () => (await import("./update.js")).default,
  },
  backfill: {
    about: "Fill a span of days, skipping cells that are already final",
    load: async () => (await import("./backfill.js")).default,
  },
  sweep: {
    about: "List everything again to find late, replaced and removed files of any age",
    load: async () => (await import("./sweep.js")).default,
  },
  volumes: {
    about: "Fetch daily trading volumes: the 1d klines, verified by their checksums",
    load: async () => (await import("./volumes.js")).default,
  },
  discover: {
    about: "List the bucket's symbols and record them; known symbols are never forgotten",
    load: async () => (await import("./discover.js")).default,
  },
  contracts: {
    about: "Record the exchange's contracts: status, type, underlying, first and last day",
    load: async () => (await import("./contracts.js")).default,
  },
  query: {
    about: "Query the database: which symbols had data, when, and how certain that is",
    load: async (below) => (await import("./query.js")).queryCommand(below),
  },
  files: {
    about: "List the files to fetch, for aria2c, wget, s5cmd, curl and others",
    load: async () => (await import("./files.js")).default,
  },
  verify: {
    takes: "<folder>",
    about: "Compare a folder of downloads with the index: missing, stale, damaged, unknown files",
    load: async () => (await import("./verify.js")).default,
  },
  universe: {
    about: UNIVERSE_SUMMARY,
    load: async () => (await import("./universe.js")).universeCommand(),
  },
  export: {
    takes: "[what]",
    about: "Write daily_availability, or rankings by volume, to a Parquet or CSV file",
    load: async () => (await import("./export.js")).default,
  },
  import: {
    takes: "<file>",
    about: "Import the daily_availability of another DuckDB file",
    load: async () => (await import("./import.js")).default,
  },
  publish: {
    takes: "<folder>",
    about: "Create a folder to share: a page, the database, Parquet files",
    load: async () => (await import("./publish.js")).default,
  },
  pull: {
    takes: "<source>",
    about: "Download a published database as a starting point",
    load: async () => (await import("./pull.js")).default,
  },
  compare: {
    takes: "<a> <b>",
    about: "Compare two databases or publications cell by cell",
    load: async () => (await import("./compare.js")).default,
  },
  status: {
    about: "Show what the database contains, which days are final, what is due, and the last runs",
    load: async () => (await import("./status.js")).default,
  },
  validate: {
    takes: "[checks..]",
    about: "Check for missing days, sudden drops, wrong counts and duplicates; compare with the exchange",
    load: async () => (await import("./validate.js")).default,
  },
  demo: {
    about: "Try it in a few seconds without the internet: update and query a synthetic Binance Vision",
    load: async () => (await import("./demo.js")).default,
  },
  replica: {
    about: "Serve an embedded Vision on 127.0.0.1: HEAD, GET and LIST over TLS, with latency and faults",
    load: async () => (await import("./replica.js")).default,
  },
  bench: {
    takes: "[which..]",
    about: "Measure what pooling, DNS warming, storage and other techniques gain on this machine",
    load: async () => (await import("./bench.js")).default,
  },
  completion: {
    takes: "<shell>",
    about: "Print a script for Tab completion of commands, options and their values",
    load: async () => (await import("./completion.js")).completionCommand(allCommands),
  },
} as const satisfies Record<string, Listed>;

/** The command that the words begin with; undefined when they don't begin with one. */
export async function loadCommand([first = "", below]: readonly string[]): Promise<CommandModule | undefined> {
  const name = COMMAND_NAMES.find((name) => name === first);
  return name === undefined ? undefined : await load(name, below);
}

/** A command, with the number of words that named it. */
export interface NamedCommand {
  command: CommandModule;
  wordCount: number;
}

/** The command or subcommand that the words begin with; undefined when they don't begin with one. */
export async function loadNamed(words: readonly string[]): Promise<NamedCommand | undefined> {
  const [first, below] = words;
  if (first === "query") {
    const { loadQuery } = await import("./query.js");
    const command = await loadQuery(below);
    if (command !== undefined) return { command, wordCount: 2 };
  }
  const command = await loadCommand(words);
  return command === undefined ? undefined : { command, wordCount: 1 };
}

/** Whether the words name a command that only has subcommands. */
export function isGroup(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === "query";
}

/** The page above all commands, with the command that the words begin with, or a list of all if they name none. */
export async function pageFor(words: readonly string[]): Promise<CommandPage> {
  const named = await loadCommand(words);
  const modules = named ? [named] : COMMAND_NAMES.map(listed);
  return { ...ROOT, commands: await Promise.all(modules.map((module) => commandPage(module))) };
}

/** The page above all commands, with all of them and their subcommands. */
export async function allCommands(): Promise<CommandPage> {
  const modules = await Promise.all(COMMAND_NAMES.map((name) => load(name, undefined)));
  return { ...ROOT, commands: await Promise.all(modules.map((module) => commandPage(module))) };
}

type CommandName = keyof typeof COMMANDS;

/** The names in help order. */
const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

const ROOT: CommandPage = {
  words: [],
  about: "Which Binance USDⓈ-M perpetual futures had data on Binance Vision on a given day.",
  positionals: [],
  options: [],
  examples: [
    { line: "bfa demo", about: "a first look: no internet, nothing to set up" },
    { line: "bfa update", about: "fill the database, then keep it current: run it daily" },
    { line: "bfa query snapshot 2024-03-01", about: "what was available on a day" },
  ],
  notes: [
    "`bfa help COMMAND` explains a command; `bfa completion SHELL` prints a script for Tab completion.",
    "Exit codes: 0 success; 1 something failed; 2 wrong usage; 3 the database or the disk can't be used; 4 the answer is not known; 130 interrupted.",
    "Dates are UTC. Results go to stdout, progress and notices to stderr.",
  ],
  commands: [],
};

async function load(name: CommandName, below: string | undefined): Promise<CommandModule> {
  const { load }: Listed = COMMANDS[name];
  // Each command types its own arguments.
  return { ...listed(name), ...((await load(below)) as CommandBody<unknown>) };
}

/** A command without its options, which only its own help shows. */
function listed(name: CommandName): CommandModule {
  const { about, takes }: Listed = COMMANDS[name];
  return { command: takes === undefined ? name : `${name} ${takes}`, describe: about, handler: () => undefined };
}
