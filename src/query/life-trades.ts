import type { Day } from "../calendar/day.js";
import { dateOfDay, dayNumber } from "../calendar/sql.js";
import { INTEGER, LIST, listValue, VARCHAR } from "../store/duckdb.js";
import type { Store } from "../store/open.js";
import { unknownVolumes, volumeSpans } from "../store/volume-spans.js";
import { QUIET_AFTER_DAYS } from "../vision/lives.js";
import { TRADED } from "../vision/traded.js";
import type { Life } from "./lives.js";

/** A day with a trade; `none` if there is known to be none; `not known` if the trades of a relevant day are unknown. */
export type TradeDay = Day | "none" | "not known";

/** The first and the last day of a life that had a trade. */
export interface LifeTrades {
  first: TradeDay;
  last: TradeDay;
  /**
   * Whether so many days after the last trade are known to have no trades that a later trade would belong to a new
   * contract, if the ticker has a settled folder. Files can continue for months after a contract has ended.
   */
  quiet: boolean;
}

/**
 * The first and the last day with a trade of each life.
 *
 * @param now ms since the Unix epoch
 * @returns in the order of the lives
 */
export async function lifeTrades(
  store: Store,
  lives: readonly Pick<Life, "symbol" | "first" | "last">[],
  now: number,
): Promise<LifeTrades[]> {
  const spans = await volumeSpans(store, now);
  const known = lives.filter(({ symbol }) => spans.has(symbol));
  const found = new Map<object, { first: Day; last: Day }>();
  if (known.length > 0) {
    const bars = await store.connection.runAndReadAll(
      `WITH asked AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($first)")} AS first,
          ${dateOfDay("unnest($last)")} AS last, unnest($places) AS place)
        SELECT place, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM asked JOIN daily_volumes
          ON daily_volumes.symbol = asked.symbol AND date BETWEEN first AND last WHERE ${TRADED} GROUP BY place`,
      {
        symbols: listValue(known.map(({ symbol }) => symbol)),
        first: listValue(known.map(({ first }) => first)),
        last: listValue(known.map(({ last }) => last)),
        places: listValue(known.map((_, place) => place)),
      },
      { symbols: LIST(VARCHAR), first: LIST(INTEGER), last: LIST(INTEGER), places: LIST(INTEGER) },
    );
    for (const [place, first, last] of bars.getRows()) {
      const life = known[Number(place)];
      if (life !== undefined) found.set(life, { first: Number(first), last: Number(last) });
    }
  }
  return lives.map((life) => {
    const { symbol, first, last } = life;
    const isKnown = (from: Day, to: Day) => unknownVolumes(spans, symbol, { from, to }).length === 0;
    const trades = found.get(life);
    if (trades === undefined) {
      const none = isKnown(first, last) ? "none" : "not known";
      return { first: none, last: none, quiet: none === "none" };
    }
    const lastIsKnown = isKnown(trades.last, last);
    return {
      first: isKnown(first, trades.first) ? trades.first : "not known",
      last: lastIsKnown ? trades.last : "not known",
      quiet: lastIsKnown && last - trades.last >= QUIET_AFTER_DAYS,
    };
  });
}
