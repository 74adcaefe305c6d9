import { formatDay, type Day } from "../calendar/day.js";
import { countDays, describeSpan, islands } from "../calendar/span.js";
import { dateText } from "../query/select.js";
import { holesIn, type MissingCell } from "../store/holes.js";
import type { Store } from "../store/open.js";
import { select } from "../store/prepared.js";
import { plural } from "../text/numbers.js";
import { isIncident } from "../vision/incident.js";
import { defineCheck, outcomeOf, type CheckOutcome, type Finding } from "./define.js";
import { groupBy } from "./group-by.js";

/** `holes` */
export const holes = defineCheck({
  name: "holes",
  summary: "files missing inside the life of a contract, and days on which many are missing",
  notes:
    "Some holes are filled months later; bfa sweep finds those. A day on which many symbols have a hole is one finding.",
  run: (store, { now }) => checkHoles(store, now),
});

/** Missing files inside lives: incidents by day, all others by symbol. */
async function checkHoles(store: Store, now: number): Promise<CheckOutcome> {
  const cells = await holesIn(store, now);
  const incidents = await incidentsAmong(store, cells);
  const single = groupBy(
    cells.filter(({ day }) => !incidents.has(day)),
    ({ symbol }) => symbol,
  );
  const findings: Finding[] = [
    ...[...incidents].map(([day, { symbols, expected }]) => ({
      date: dateText(day),
      symbols,
      message: `an incident: ${symbols.length} of ${plural(expected, "symbol")} lack a file`,
    })),
    ...[...single].flatMap(([symbol, ofSymbol]) =>
      islands(ofSymbol.map(({ day }) => day)).map((span) => ({
        date: dateText(span.from),
        symbols: [symbol],
        message: `no file inside its life: ${describeSpan(span)} (${plural(countDays([span]), "day")})`,
      })),
    ),
  ].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return outcomeOf(
    findings,
    "no file is missing inside a life",
    `${plural(cells.length, "file")} of ${plural(new Set(cells.map(({ symbol }) => symbol)).size, "symbol")} ` +
      `missing inside a life; ${plural(incidents.size, "day")} with an incident`,
  );
}

/** Days on which so many symbols lack a file that it is one incident, with these symbols. */
async function incidentsAmong(
  store: Store,
  cells: readonly MissingCell[],
): Promise<Map<Day, { symbols: string[]; expected: number }>> {
  const incidents = new Map<Day, { symbols: string[]; expected: number }>();
  for (const [day, ofDay] of [...groupBy(cells, ({ day }) => day)].sort(([a], [b]) => a - b)) {
    // Too few for an incident even if no symbol had a file.
    if (!isIncident(ofDay.length, ofDay.length)) continue;
    const [counted = []] = await select(
      store,
      "SELECT available_count FROM daily_symbol_counts WHERE date = $date::DATE",
      { date: formatDay(day) },
    );
    const expected = Number(counted[0] ?? 0) + ofDay.length;
    if (isIncident(ofDay.length, expected))
      incidents.set(day, { symbols: ofDay.map(({ symbol }) => symbol), expected });
  }
  return incidents;
}
