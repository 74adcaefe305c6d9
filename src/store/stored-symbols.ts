import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";

/** The symbols that have a row, in no particular order. */
export const storedSymbols = oncePerReader(async (store: Store): Promise<readonly string[]> => {
  const rows = await select(store, "SELECT DISTINCT symbol FROM availability");
  return rows.map(([symbol]) => String(symbol));
});
