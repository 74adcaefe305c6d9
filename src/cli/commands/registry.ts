import type { CommandModule } from "yargs";
import { commandPage, type CommandPage } from "../args/command-page.js";

/**
 * Commands in the order of the help, each loaded on demand: loading all takes 25 ms. A command with subcommands gets
 * the word after its own and loads only the one it names, and none of them for a list of commands.
 */
const COMMANDS = {
  update: () => import("./update.js"),
  backfill: () => import("./backfill.js"),
  sweep: () => import("./sweep.js"),
  volumes: () => import("./volumes.js"),
  discover: () => import("./discover.js"),
  contracts: () => import("./contracts.js"),
  query: async (below: string | undefined, isListed: boolean) => {
    const { queryCommand, queryGroup } = await import("./query.js");
    return { default: isListed ? queryGroup([]) : await queryCommand(below) };
  },
  files: () => import("./files.js"),
  verify: () => import("./verify.js"),
  universe: async (_below: string | undefined, isListed: boolean) => {
    const { universeCommand } = await import("./universe.js");
    return { default: await universeCommand(isListed) };
  },
  export: () => import("./export.js"),
  import: () => import("./import.js"),
  publish: () => import("./publish.js"),
  pull: () => import("./pull.js"),
  compare: () => import("./compare.js"),
  status: () => import("./status.js"),
  validate: () => import("./validate.js"),
  demo: () => import("./demo.js"),
  replica: () => import("./replica.js"),
  bench: () => import("./bench.js"),
  completion: async () => {
    const { completionCommand } = await import("./completion.js");
    return { default: completionCommand(allCommands) };
  },
} as const satisfies Record<string, (below: string | undefined, isListed: boolean) => Promise<{ default: unknown }>>;

/** The command that the words begin with; undefined when they don't begin with one. */
export async function loadCommand([first = "", below]: readonly string[]): Promise<CommandModule | undefined> {
  const name = COMMAND_NAMES.find((name) => name === first);
  return name === undefined ? undefined : await load(name, below, false);
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
  const modules = named ? [named] : await Promise.all(COMMAND_NAMES.map((name) => load(name, undefined, true)));
  return { ...ROOT, commands: await Promise.all(modules.map((module) => commandPage(module))) };
}

/** The page above all commands, with all of them and their subcommands. */
export async function allCommands(): Promise<CommandPage> {
  const modules = await Promise.all(COMMAND_NAMES.map((name) => load(name, undefined, false)));
  return { ...ROOT, commands: await Promise.all(modules.map((module) => commandPage(module))) };
}

/** The names in help order. */
const COMMAND_NAMES = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

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

async function load(name: keyof typeof COMMANDS, below: string | undefined, isListed: boolean): Promise<CommandModule> {
  // Each command types its own arguments.
  return (await COMMANDS[name](below, isListed)).default as unknown as CommandModule;
}
