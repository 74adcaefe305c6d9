import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { selectChunks } from "./prepared.js";
import { symbolFiles } from "./symbol-files.js";

/** SQL: the files of some symbols in a span of days, symbols by their place in `$symbols` and days by theirs in the span. */
const FILES = `
  SELECT place::INTEGER, ${dayNumber("date")} - ${dayNumber("$from")}
  FROM availability JOIN (SELECT unnest($symbols) AS symbol, unnest(range(len($symbols))) AS place) USING (symbol)
  WHERE date BETWEEN $from AND $to AND available AND ${probedBySql("$now::BIGINT")}`;

/**
 * Which days of a span each of some symbols has a file on. Only of symbols that lack a file between their first and
 * their last one are the days read.
 *
 * @param symbols no symbol twice
 * @param now ms since the Unix epoch: rows that say they were probed later are not believed
 * @returns for each symbol, in their order, 1 or 0 for each day of the span
 * @throws StoreError when the file can't be read
 */
export async function fileDays(
  store: Store,
  symbols: readonly string[],
  { from, to }: Span,
  now: number,
): Promise<Uint8Array[]> {
  const files = new Map((await symbolFiles(store, now)).map((ofSymbol) => [ofSymbol.symbol, ofSymbol]));
  const broken: { symbol: string; days: Uint8Array }[] = [];
  const all = symbols.map((symbol) => {
    const days = new Uint8Array(to - from + 1);
    const known = files.get(symbol);
    if (known === undefined || known.last < from || to < known.first) return days;
    if (known.files < known.last - known.first + 1) broken.push({ symbol, days });
    else days.fill(1, Math.max(0, known.first - from), known.last - from + 1);
    return days;
  });
  if (broken.length > 0) {
    const names = broken.map(({ symbol }) => symbol);
    const parameters = { symbols: names, from: new DuckDBDateValue(from), to: new DuckDBDateValue(to), now };
    for (const chunk of await selectChunks(store, FILES, parameters)) {
      const { rowCount } = chunk;
      const [places, offsets] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
      for (let row = 0; row < rowCount; row++) {
        const ofSymbol = broken[Number(places.getItem(row))];
        if (ofSymbol !== undefined) ofSymbol.days[Number(offsets.getItem(row))] = 1;
      }
    }
  }
  return all;
}
