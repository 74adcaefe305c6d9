import type { Day } from "../calendar/day.js";
import { dateLiteral, dateOfDay } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { INTEGER, LIST, listValue, VARCHAR } from "./duckdb.js";
import type { Store } from "./open.js";
import type { SymbolRows } from "./probed.js";

/**
 * The dormant symbols, each with its last probed day. They had no file on that day and the days before it, as many as
 * {@link Finality.dormantAfterDays}, all of which were probed. Days that were not probed prove nothing.
 *
 * @param probedUntil excludes rows probed later than this, ms since the Unix epoch
 */
export async function dormantSymbols(
  { connection, dataset }: Store,
  known: ReadonlyMap<string, SymbolRows>,
  probedUntil: number,
): Promise<Map<string, Day>> {
  const { dormantAfterDays } = dataset.finality;
  const quiet = [...known].filter(
    ([, { lastFile, lastProbed }]) => lastProbed - (lastFile ?? -Infinity) >= dormantAfterDays,
  );
  if (quiet.length === 0) return new Map();
  const earliest = Math.min(...quiet.map(([, { lastProbed }]) => lastProbed)) - dormantAfterDays;
  const found = await connection.runAndReadAll(
    `WITH quiet AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($days)")} AS last)
      SELECT symbol FROM quiet JOIN availability USING (symbol)
      WHERE date > ${dateLiteral(earliest)} AND date BETWEEN last - ${dormantAfterDays - 1} AND last
        AND ${probedBySql(probedUntil)}
      GROUP BY symbol HAVING count(*) = ${dormantAfterDays}`,
    {
      symbols: listValue(quiet.map(([symbol]) => symbol)),
      days: listValue(quiet.map(([, { lastProbed }]) => lastProbed)),
    },
    { symbols: LIST(VARCHAR), days: LIST(INTEGER) },
  );
  const dormant = new Set(found.getRows().map(([symbol]) => String(symbol)));
  return new Map(
    quiet.filter(([symbol]) => dormant.has(symbol)).map(([symbol, { lastProbed }]) => [symbol, lastProbed]),
  );
}
