import * as product from "../../src/index.js";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { admittedSymbols } from "../../src/query/admission.js";
import { listedAt } from "../../src/store/symbols.js";
import { dayConditions } from "../../src/store/conditions.js";
import { openReader, type Store } from "../../src/store/open.js";
import type { MarketEvent } from "./oracle/market.js";
import type { Answers } from "./product.js";

/** Answers about the other symbols must be right however many symbols are unknown. */
const allowPartial = true;

/**
 * Queries a file; undefined if there is nothing to query yet.
 *
 * @param now the machine's time, ms
 */
export async function openAnswers(file: string, now: number): Promise<Answers | undefined> {
  let store: Store;
  try {
    store = await openReader(file);
  } catch (error) {
    // The process that locked the file before the first run created an empty one.
    if (error instanceof product.StoreError) return undefined;
    throw error;
  }
  const db = await product.openAvailability(file);
  return {
    async conditions({ quote, symbols: names }, from, to) {
      const admission = { quote, contract: "perpetual" as const };
      const admitted = await admittedSymbols(store, admission).catch((error: unknown) => {
        if (error instanceof product.UsageError) return [];
        throw error;
      });
      const symbols = names === undefined ? admitted : admitted.filter(({ symbol }) => names.includes(symbol));
      const days = await dayConditions(store, { symbols, from, to, listedAt: await listedAt(store, now), now });
      return new Map(days.map(({ day, condition }) => [day, condition]));
    },
    async ages(day) {
      const answer = await unlessRefused(db.universe({ date: formatDay(day), minAge: 0, allowPartial }));
      return (
        answer &&
        new Map(
          answer.rows.map(({ symbol, first_date: first, age_days: days, age_is_minimum: isMinimum }) => [
            symbol,
            { first: dayOf(first), days, exact: !isMinimum },
          ]),
        )
      );
    },
    async events() {
      const began = await unlessRefused(db.listings({ allowPartial }));
      const ended = await unlessRefused(db.delistings({ allowPartial }));
      if (began === undefined || ended === undefined) return undefined;
      return [
        ...began.rows.map(({ symbol, date, event }): MarketEvent => ({
          symbol,
          day: dayOf(date),
          event: event === "relisting" ? event : "listing",
        })),
        ...ended.rows.map(({ symbol, date }): MarketEvent => ({ symbol, day: dayOf(date), event: "delisting" })),
      ];
    },
    async close() {
      await db.close();
      await store.close();
    },
  };
}

async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof product.NotKnownError) return undefined;
    throw error;
  }
}
