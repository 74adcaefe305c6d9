import type { Store } from "./open.js";
import { select } from "./prepared.js";

/** Cached names of open files: readers keep every writer out, so a file can't change while it is open. */
const kept = new WeakMap<Store, readonly string[]>();

/** The symbols that have a row, in no particular order. */
export async function storedSymbols(store: Store): Promise<readonly string[]> {
  const before = kept.get(store);
  if (before !== undefined) return before;
  const rows = await select(store, "SELECT DISTINCT symbol FROM availability");
  const symbols = rows.map(([symbol]) => String(symbol));
  if (store.access === "read") kept.set(store, symbols);
  return symbols;
}
