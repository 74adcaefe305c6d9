import type { Span } from "../calendar/span.js";
import { probedBySql } from "../vision/finality.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";
import { symbolFiles } from "./symbol-files.js";

/** Days per number, with one bit each, so that the number fits into a non-negative INTEGER. */
const BITS = 30;

/**
 * SQL: the files of some symbols in a span of days, as bits from the first day on. One row per file would take 1.5 times
 * as long.
 */
const FILES = `SELECT symbol, ((date - $from) // ${BITS})::INTEGER AS block,
    bit_or(1 << ((date - $from) % ${BITS})::INTEGER)::INTEGER
  FROM availability WHERE date BETWEEN $from AND $to AND available AND symbol IN (SELECT unnest($symbols)) AND ${probedBySql("$now::BIGINT")}
  GROUP BY symbol, block`;

/**
 * The days of a span on which each symbol has a file. Individual days are read only for symbols with holes between
 * their first and last file.
 *
 * @param symbols without duplicates
 * @param now ms since the Unix epoch: rows probed later are ignored
 * @returns for each symbol, in order, 1 or 0 for each day of the span
 * @throws StoreError when the file can't be read
 */
export async function fileDays(
  store: Store,
  symbols: readonly string[],
  { from, to }: Span,
  now: number,
): Promise<Uint8Array[]> {
  const files = new Map((await symbolFiles(store, now)).map((ofSymbol) => [ofSymbol.symbol, ofSymbol]));
  const broken = new Map<string, Uint8Array>();
  const all = symbols.map((symbol) => {
    const days = new Uint8Array(to - from + 1);
    const known = files.get(symbol);
    if (known === undefined || known.last < from || to < known.first) return days;
    if (known.files < known.last - known.first + 1) broken.set(symbol, days);
    else days.fill(1, Math.max(0, known.first - from), known.last - from + 1);
    return days;
  });
  if (broken.size > 0) {
    const parameters = {
      symbols: [...broken.keys()],
      from: new DuckDBDateValue(from),
      to: new DuckDBDateValue(to),
      now,
    };
    const shape = { symbol: "text", block: "number", bits: "number" } as const;
    for (const { symbol, block, bits } of await readRows(store, FILES, shape, parameters)) {
      const days = broken.get(symbol);
      if (days === undefined) continue;
      for (let bit = 0; bit < BITS; bit++) if ((bits & (1 << bit)) !== 0) days[block * BITS + bit] = 1;
    }
  }
  return all;
}
