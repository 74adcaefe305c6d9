/** What is known of the trades of a symbol on a day. */
export type Traded = "traded" | "not traded" | "not known";

/**
 * Whether a symbol was traded on a day. A day is known when a span of the symbol covers it; a known day without a bar, or
 * with one that counts no trade, was not traded. The 09:00 UTC minute in which a contract is settled can hold trades, so
 * that the day of a delisting is usually a traded one.
 *
 * @param known whether a span of known volumes covers the day
 * @param tradeCount of the day's bar; undefined when there is none
 * @example
 * ```ts
 * tradedOf(true, undefined); // "not traded"
 * tradedOf(false, undefined); // "not known"
 * ```
 */
export function tradedOf(known: boolean, tradeCount: number | undefined): Traded {
  if (!known) return "not known";
  return tradeCount !== undefined && tradeCount > 0 ? "traded" : "not traded";
}

/** SQL: whether a row of `daily_volumes` says that its day was traded, as {@link tradedOf} has it of a known day. */
export const TRADED = "trade_count > 0";
