import { dayAt, formatDay } from "../calendar/day.js";
import { dayNumber } from "../calendar/sql.js";
import { formatTime } from "../calendar/time.js";
import { StoreError } from "../errors.js";
import { admittedSymbols } from "../query/admission.js";
import { listedAt } from "../store/symbols.js";
import { readRows } from "../store/read-rows.js";
import { date, ms } from "../query/select.js";
import { conditionSpans, dayConditions } from "../store/conditions.js";
import type { Store } from "../store/open.js";
import { SCHEMA_VERSION } from "../store/schema/migrate.js";
import { VERSION } from "../text/version.js";
import { probedBySql } from "../vision/finality.js";
import type { PublishedState } from "./manifest.js";
import { DATA_LICENSE } from "./texts.js";

/**
 * What a publication says about a database. It doesn't depend on the time of publishing: conditions are as of the
 * database's latest fact.
 *
 * @param name name of the database in messages
 * @throws StoreError STORE_UNUSABLE when it has no rows of days that have ended
 */
export async function publishedState(store: Store, name: string): Promise<PublishedState> {
  const asOf = await lastInstant(store);
  const [facts] = await readRows(
    store,
    `SELECT ${dayNumber("min(date) FILTER (date < $today)")}, ${dayNumber("max(date) FILTER (date < $today)")},
      coalesce(sum(probed_count), 0)::DOUBLE, (SELECT count(*) FROM symbols)::INTEGER FROM daily_symbol_counts`,
    { first: "day?", last: "day?", rows: "number", symbols: "number" },
    { today: date(dayAt(asOf)) },
  );
  if (facts === undefined || facts.first === null || facts.last === null) {
    throw new StoreError("STORE_UNUSABLE", `${name} has no rows of past days: \`bfa update\` fills it`);
  }
  const admitted = {
    symbols: await admittedSymbols(store, { contract: "perpetual", quote: undefined }),
    listedAt: await listedAt(store, asOf),
    ...{ from: facts.first, to: facts.last, now: asOf },
  };
  const spans = conditionSpans(await dayConditions(store, admitted));
  return {
    generator: `binance-futures-availability/${VERSION}`,
    dataset: store.dataset.id,
    ...DATA_LICENSE,
    schema_version: SCHEMA_VERSION,
    as_of: formatTime(asOf),
    ...{ row_count: facts.rows, symbol_count: facts.symbols },
    ...{ first_date: formatDay(facts.first), last_date: formatDay(facts.last) },
    conditions: spans.map(({ condition, from, to }) => ({ condition, from: formatDay(from), to: formatDay(to) })),
  };
}

/** The latest time in a database, ms since the Unix epoch. Times in the future are ignored. */
async function lastInstant(store: Store): Promise<number> {
  const [found] = await readRows(
    store,
    `SELECT ${ms("max(instant)")} FROM (
        SELECT started_at AS instant FROM runs UNION ALL SELECT ended_at FROM runs
        UNION ALL SELECT symbols_discovered_at FROM store_info
        UNION ALL SELECT max(probe_timestamp)::TIMESTAMP FROM availability WHERE ${probedBySql("$now::BIGINT")}
      ) WHERE epoch_ms(instant) <= $now`,
    { at: "number?" },
    { now: Date.now() },
  );
  return found?.at ?? 0;
}
