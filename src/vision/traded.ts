/** Whether a symbol was traded on a day. */
export type Traded = "traded" | "not traded" | "not known";

/**
 * Whether a symbol was traded on a day. A day is known when a span of the symbol covers it; a known day without a bar,
 * or with a bar of zero trades, was not traded. There can be trades in the minute of 09:00 UTC in which a contract is
 * settled, so the day of a delisting usually counts as traded.
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

/** SQL: whether the day of a row of `daily_volumes` was traded, by the same rule as {@link tradedOf}. */
export const TRADED = "trade_count > 0";
