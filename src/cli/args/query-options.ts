import type { Day } from "../../calendar/day.js";
import { readDay } from "../../query/arguments.js";
import type { Store } from "../../store/open.js";
import type { Reader } from "./command-page.js";

/** Check of a UTC date, given as an option (`--from`) or an argument (`D1`). */
export function day(name: string): Reader<Day> {
  return Object.assign((value: unknown) => readDay(name, value), { takes: "DATE" as const });
}

export { daySpan as dayRange } from "../../query/arguments.js";

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
