import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import { column } from "../text/columns.js";
import { admittedSymbols } from "./admission.js";
import { daySpan, flag } from "./arguments.js";
import { defineQuery } from "./define.js";
import { dateText } from "./select.js";
import { UNDERLYING_FACTS } from "./underlying.js";
import { readMarket } from "./universe-over/candidates.js";
import { DEFINITION_ARGUMENTS, definitionOf, type UniverseRule } from "./universe-over/definition.js";
import { choose, type Chosen } from "./universe-over/membership.js";
import { rebalancingDays } from "./universe-over/rebalancing.js";
import {
  addMemberRows,
  CHANGE_COLUMNS,
  changeRows,
  hashOf,
  MEMBER_COLUMNS,
  type ChangeRow,
  type MemberRow,
} from "./universe-over/rows.js";
import { WINDOW_NOTES, windowEnd } from "./windows.js";
import { UNIVERSE_SUMMARY } from "./universe-over/summary.js";

/** The universes of a backtest, one for each rebalancing day. */
export default defineQuery({
  name: "universe",
  summary: UNIVERSE_SUMMARY,
  notes: `A rebalancing day uses nothing later than the day before it (--as-of open) or itself (--as-of close): no later files,
volumes, names or settled folders. A symbol qualifies if it has a file on that last day, is old enough and, with --by or
--min-quote-volume, has trades and enough volume on it. Otherwise only files and age decide. Only an underlying may become
known later: it holds for a contract's whole life, even before the first capture that shows it.

${WINDOW_NOTES}

A symbol enters with a rank up to --top, and stays until its rank exceeds --top plus --buffer. A universe never has more
members than that sum. The first rebalancing day has no previous members, so --from is part of the definition. The same
definition and data always give exactly the same universe, which is identified by the SHA-256 of its rows.`,
  empty: "nothing passes the filters on any rebalancing day",
  args: { ...DEFINITION_ARGUMENTS, changes: flag("show entries and exits with their reasons instead of the members") },
  facts: {
    ...UNDERLYING_FACTS,
    definition: column("value", "the definition of the universe, for --definition"),
    sha256: column("text", "SHA-256 of the members' rows as CSV lines without a header; identifies the universe"),
    rebalancing_count: column("count", "rebalancing days"),
    symbol_count: column("count", "symbols that were ever members"),
    left_out_symbols: column("value", "symbols left out by --allow-partial because their age or volumes are unknown"),
  },
  columns: [MEMBER_COLUMNS, CHANGE_COLUMNS],
  examples: [
    {
      args: { from: "2024-03-01", to: "2024-04-01", rebalance: "monthly", minAge: 60, quote: "USDT" },
      about: "by files and age only, on the first of each month",
    },
    {
      args: { from: "2024-03-01", to: "2024-04-01", rebalance: "weekly", minAge: 60, changes: true },
      about: "what entered and left on Mondays, and why",
    },
  ],
  rests: (rule) => {
    const { quote, contract, underlying } = rule;
    return {
      days: [spanOf(daysOf(rule).map((day) => windowEnd(day, rule.asOf)))],
      admits: { quote, contract, underlying },
      unknownDays: "refuse",
    };
  },
  run: async (store, { changes, ...rule }, { tolerated, now }) => {
    const days = daysOf(rule);
    const { quote, contract, underlying } = rule;
    const admitted = await admittedSymbols(store, { quote, contract, underlying });
    const symbols = admitted.map(({ symbol }) => symbol);
    const market = await readMarket(store, symbols, days, rule, now);
    const held = new Set<number>();
    const rows: MemberRow[] = [];
    const changed: ChangeRow[] = [];
    let chosen: Chosen | undefined;
    for (const [index, choice] of market.choices.entries()) {
      const day = days[index] ?? 0;
      chosen = choose(chosen, choice, rule);
      addMemberRows(rows, market, day, chosen);
      for (const row of changeRows(market, day, chosen.changes)) changed.push(row);
      for (const { place } of chosen.changes) held.add(place);
    }
    const facts = {
      without_contract: [...market.withoutContract],
      definition: definitionOf(rule),
      sha256: hashOf(rows),
      rebalancing_count: days.length,
      // Every member has entered at some point.
      symbol_count: held.size,
      left_out_symbols: market.unsure.leftOut(tolerated),
    };
    return changes ? { facts, rows: changed, columns: CHANGE_COLUMNS } : { facts, rows, columns: MEMBER_COLUMNS };
  },
});

/**
 * The rebalancing days of a rule.
 *
 * @throws UsageError when the rule contradicts itself, or has no rebalancing days
 */
function daysOf({ from, to, rebalance, top, by, buffer }: UniverseRule): Day[] {
  if (top !== undefined && by === undefined) throw new UsageError("required to choose the top ranks", { option: "by" });
  if (buffer > 0 && top === undefined) throw new UsageError("required when there is a buffer", { option: "top" });
  const days = rebalancingDays(daySpan(from, to) ?? { from, to }, rebalance);
  if (days.length === 0) {
    throw new UsageError(`there is no ${rebalance} rebalancing day in ${dateText(from)} to ${dateText(to)}`, {
      option: "rebalance",
    });
  }
  return days;
}

/** From the first to the last of ascending days; there must be at least one. */
function spanOf(days: readonly Day[]): Span {
  return { from: days[0] ?? 0, to: days.at(-1) ?? 0 };
}
