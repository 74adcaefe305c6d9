import type { Options } from "yargs";
import { UsageError } from "../../errors.js";
import type { Store } from "../../store/open.js";
import { parseDay, type Day } from "../../calendar/day.js";
import { defaultDatabase } from "./db-path.js";
import { FORMATS } from "../output/render.js";
import { nonEmpty } from "./readers.js";

/** `--db`, as every command that reads a file has it. */
export const dbOption = {
  describe: "database file (env BFA_DB)",
  string: true,
  requiresArg: true,
  coerce: nonEmpty("db"),
  default: process.env["BFA_DB"] ?? defaultDatabase(),
  defaultDescription: "in the XDG data folder",
} as const satisfies Options;

/** `--format` of the commands that show rows. */
export const formatOption = {
  describe: "how to print rows",
  choices: FORMATS,
  requiresArg: true,
  defaultDescription: "table on a terminal, else csv",
} as const satisfies Options;

/** `--quote` and `--contract` of the commands that show symbols. */
export const symbolOptions = {
  quote: {
    describe: "only symbols with this quote asset",
    string: true,
    requiresArg: true,
    coerce: nonEmpty("quote"),
  },
  contract: {
    describe: "which contracts; settled names count as perpetual",
    choices: ["perpetual", "delivery", "all"] as const,
    default: "perpetual" as const,
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;

/** Check of a UTC date, given as an option (`--from`) or an argument (`D1`). */
export function day(name: string) {
  return (value: unknown): Day => {
    const parsed = typeof value === "string" ? parseDay(value) : undefined;
    if (parsed === undefined) throw new UsageError(`${name}: ${JSON.stringify(value)} is not a date; write YYYY-MM-DD`);
    return parsed;
  };
}

/** An optional range of two dates; one alone is a range of one day. */
export function dayRange(from: Day | undefined, to: Day | undefined): { from: Day; to: Day } | undefined {
  if (from === undefined) return undefined;
  const range = { from, to: to ?? from };
  if (range.to < range.from) throw new UsageError("the first date is after the second");
  return range;
}

/** Opens a file for reading, closes it after use. */
export async function withReader<Result>(db: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const { openReader } = await import("../../store/open.js");
  const store = await openReader(db);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** The entries of an object that have a value: options that were not given are left out, not undefined. */
export function given<T extends object>(options: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
