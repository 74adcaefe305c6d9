import { DAY_MS, type Day } from "../calendar/day.js";
import { gapsBetween } from "../calendar/span.js";
import { namesOf, type AdmittedCells, type AdmittedSymbol } from "./admitted-cells.js";
import type { DayRows } from "./day-rows.js";
import { dormantSymbols } from "./dormant.js";
import type { Store } from "./open.js";
import { probedSpans, symbolRows } from "./probed.js";

/** What is known about the cells of a day that have no row. */
export interface AbsentCells {
  /** Cells without a row for a known reason: a listing lacked the symbol, or it is dormant and will be listed later. */
  pending: number;
  /** Symbols about which nothing is known. */
  unknownSymbols: string[];
}

/** The cells without a row, by day; days that have all their rows are absent. */
export async function absentCells(
  store: Store,
  { symbols, from, to, now }: AdmittedCells,
  rows: readonly DayRows[],
): Promise<Map<Day, AbsentCells>> {
  const absent = new Map<Day, AbsentCells>();
  for (let day = from; day <= to; day++) {
    if (rows[day - from]?.probed !== symbols.length) absent.set(day, { pending: 0, unknownSymbols: [] });
  }
  const days = [...absent.keys()];
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return absent;
  const span = { from: first, to: last };
  const { dormantAfterDays, dormantEveryDays } = store.dataset.finality;
  // A dormant symbol that awaits its listing has rows for the days before.
  const since = first - dormantAfterDays - dormantEveryDays;
  const names = namesOf(symbols);
  const known = await symbolRows(store, span, { symbols: names, since, probedUntil: now });
  const broken = names.filter((symbol) => {
    const facts = known.get(symbol);
    return facts !== undefined && facts.count < facts.last - facts.first + 1;
  });
  const probed = await probedSpans(store, broken, span, now);
  const dormant = await dormantSymbols(store, known, now);
  for (const admitted of symbols) {
    const { symbol } = admitted;
    const facts = known.get(symbol);
    const whole = facts === undefined || facts.count === 0 ? [] : [{ from: facts.first, to: facts.last }];
    const lastProbed = dormant.get(symbol);
    const awaitsListing = (day: Day) =>
      lastProbed !== undefined && lastProbed < day && day <= lastProbed + dormantEveryDays;
    for (const gap of gapsBetween(probed.get(symbol) ?? whole, span)) {
      for (let day = gap.from; day <= gap.to; day++) {
        const ofDay = absent.get(day);
        if (ofDay === undefined) continue;
        if (isProvedMissing(admitted, day, now) || awaitsListing(day)) ofDay.pending++;
        else ofDay.unknownSymbols.push(symbol);
      }
    }
  }
  return absent;
}

/** Whether a complete listing of the bucket, made after the end of the day, lacked the symbol. */
function isProvedMissing({ absentAt }: AdmittedSymbol, day: Day, now: number): boolean {
  return absentAt !== undefined && (day + 1) * DAY_MS <= absentAt && absentAt <= now;
}
