import { createHash } from "node:crypto";
import type { Day } from "../../calendar/day.js";
import { column, optionalColumn, type RowOf } from "../../text/columns.js";
import { dateText } from "../select.js";
import type { Market } from "./candidates.js";
import type { Change, Chosen } from "./membership.js";

/** Columns of a universe in its long form. */
export const MEMBER_COLUMNS = {
  date: column("date", "rebalancing day, ascending"),
  symbol: column("symbol", "symbol; ordered by rank, or by name without ranks; a ticker appears once"),
  rank: optionalColumn("count", "rank from 1 among all symbols that pass the other filters; null without --by"),
  value: optionalColumn("number", "the value by which it is ranked; null without --by"),
  age_days: column("count", "days since the first file of the contract"),
  age_is_minimum: column("flag", "whether it may be older, because earlier days were never probed"),
};

/** Columns of the entries and exits. */
export const CHANGE_COLUMNS = {
  date: column("date", "rebalancing day, ascending"),
  symbol: column("symbol", "symbol; entries by rank, then exits"),
  change: column("text", "entered or left"),
  reason: column(
    "text",
    `for an entry, what kept it out on the previous rebalancing day: start (there was none), listed (the contract is new),
file, trade (it had none), underlying (of the contract), age, volume (below the minimum), rank, known (its window was
not known); for an exit, what keeps it out now: delisted (30 days without a file, or a new contract under the name),
no_file, no_trade, underlying, age, volume, rank, not_known`.replaceAll("\n", " "),
  ),
  rank: optionalColumn("count", "rank with which it entered; null for an exit, and without --by"),
};

/** A member of a universe. */
export type MemberRow = RowOf<typeof MEMBER_COLUMNS>;

/** An entry or an exit. */
export type ChangeRow = RowOf<typeof CHANGE_COLUMNS>;

/** Adds a row for each member on a rebalancing day. */
export function addMemberRows(
  rows: MemberRow[],
  { symbols, lifeOn }: Market,
  day: Day,
  { choice, members, ranks }: Chosen,
): void {
  const date = dateText(day);
  const { end, values } = choice;
  for (let index = 0; index < members.length; index++) {
    const place = members[index] ?? 0;
    const life = lifeOn(place, end);
    rows.push({
      date,
      symbol: symbols[place] ?? "",
      rank: ranks?.[index] ?? null,
      value: values?.[place] ?? null,
      age_days: day - (life?.first ?? end),
      age_is_minimum: life?.begins !== true,
    });
  }
}

/** A row for each entry and exit on a rebalancing day. */
export function changeRows({ symbols }: Market, day: Day, changes: readonly Change[]): ChangeRow[] {
  const date = dateText(day);
  return changes.map(({ place, change, reason, rank = null }) => ({
    date,
    symbol: symbols[place] ?? "",
    change,
    reason,
    rank,
  }));
}

/**
 * Number of rows hashed at a time: concatenating longer texts takes longer. Keeping the bytes of names and dates and
 * copying them into a buffer takes a third longer than concatenating texts.
 */
const PIECE_ROWS = 128;

/**
 * The SHA-256 of a universe, in hexadecimal: the hash of its rows as `--format csv` writes them, without the header.
 */
export function hashOf(rows: readonly MemberRow[]): string {
  const hash = createHash("sha256");
  for (let start = 0; start < rows.length; start += PIECE_ROWS) {
    let piece = "";
    for (const { date, symbol, rank, value, age_days, age_is_minimum } of rows.slice(start, start + PIECE_ROWS)) {
      piece += `${date},${symbol},${rank ?? ""},${value ?? ""},${age_days},${age_is_minimum}\n`;
    }
    hash.update(piece);
  }
  return hash.digest("hex");
}
