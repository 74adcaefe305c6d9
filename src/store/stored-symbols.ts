import type { Store } from "./open.js";
import { select } from "./prepared.js";

/** Names in a file that can't change while it is open: its readers keep every writer out. */
const kept = new WeakMap<Store, readonly string[]>();

/** The symbols that have a row, in no order. */
export async function storedSymbols(store: Store): Promise<readonly string[]> {
  const before = kept.get(store);
  if (before !== undefined) return before;
  const rows = await select(store, "SELECT DISTINCT symbol FROM availability");
  const symbols = rows.map(([symbol]) => String(symbol));
  if (store.access === "read") kept.set(store, symbols);
  return symbols;
}
