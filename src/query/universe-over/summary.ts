/** A one-line description of a universe over time. It is apart, because the list of commands loads it. */
export const UNIVERSE_SUMMARY =
  "The universe of a backtest over time: chosen on each rebalancing day, without look-ahead";
