import type { Day } from "../../calendar/day.js";
import type { Span } from "../../calendar/span.js";
import { fileDays } from "../../store/file-days.js";
import type { Store } from "../../store/open.js";
import { livesBySymbol, type Life } from "../lives.js";
import { factsOf } from "../symbol-filter.js";
import { underlyings } from "../underlying.js";
import { windowEnd, windowStart } from "../windows.js";
import type { UniverseRule } from "./definition.js";
import { STANDING, type Choice } from "./membership.js";
import { Unsure } from "./unsure.js";
import { readVolumes, type Volumes } from "./volumes.js";

/** The data from which universes are chosen. */
export interface Market {
  /** Possible members, in order of name. */
  symbols: readonly string[];
  /** The data for each rebalancing day, in order. */
  choices: readonly Choice[];
  /** The life of the symbol at `place` that contains `day`. */
  lifeOn: (place: number, day: Day) => Life | undefined;
  unsure: Unsure;
  /** Symbols that have a file on a relevant day, but no known contract from which to learn their underlying. */
  withoutContract: readonly string[];
}

/** A possible member. */
interface Name {
  symbol: string;
  lives: readonly Life[];
  /** 1 for each day with a file, from the first relevant day. */
  files: Uint8Array;
  /** The files of other names of the same contract, which take precedence over this one on those days. */
  before: readonly Uint8Array[];
  volumes: Volumes | undefined;
}

/**
 * Reads the data from which universes are chosen. A rebalancing day depends on nothing later than the day that it looks
 * at.
 *
 * Standings and values are one array each, with a section per day and an element per symbol: an object for each symbol
 * and day took a third of the time of a daily universe over six years. Keeping the values by symbol and collecting those
 * of a day when its universe is chosen takes just as long: they are in hundreds of places in memory.
 *
 * @param admitted possible members
 * @param days rebalancing days, ascending, at least one
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read; NotKnownError and UsageError like the filter by underlying
 */
export async function readMarket(
  store: Store,
  admitted: readonly string[],
  days: readonly Day[],
  rule: UniverseRule,
  now: number,
): Promise<Market> {
  const ends = days.map((day) => windowEnd(day, rule.asOf));
  const usedDays = { from: ends[0] ?? 0, to: ends.at(-1) ?? 0 };
  const names = await readNames(store, [...admitted].sort(), usedDays, rule, now);
  const underlyingOf = rule.underlying === undefined ? undefined : await underlyings(store, rule.underlying);
  const size = names.length;
  const standings = new Uint8Array(days.length * size);
  const values = rule.by === undefined ? undefined : new Float64Array(days.length * size);
  const unsure = new Unsure();
  const withoutContract = new Set<string>();
  for (const [place, name] of names.entries()) {
    const { symbol, files, before, volumes } = name;
    let isCandidate = false;
    // The life and the span of known volumes that contained the previous day; this day is usually in the same ones.
    let life: Life | undefined;
    let known: Span | undefined;
    for (let index = 0; index < days.length; index++) {
      const end = ends[index] ?? 0;
      const at = end - usedDays.from;
      if (files[at] !== 1 || (before.length > 0 && before.some((other) => other[at] === 1))) continue;
      const day = days[index] ?? 0;
      const underlying = underlyingOf?.(symbol, end);
      if (underlying === "not known") withoutContract.add(symbol);
      if (life === undefined || !liesIn(life, end)) life = lifeIn(name, end);
      if (volumes !== undefined && (known === undefined || end > known.to)) known = spanAround(volumes.known, end);
      const first = life?.first ?? end;
      const ageIsMinimum = life?.begins !== true;
      const hasVolumes = known !== undefined && known.from <= windowStart(rule.window, end, first);
      // Where the contract may be older, its window may be longer than what is known of it.
      const isWhole = !ageIsMinimum || first <= windowStart(rule.window, end, -Infinity);
      const standing =
        underlying === undefined || underlying === "wanted"
          ? standingOf(volumes, hasVolumes && isWhole, rule, day, at, first)
          : STANDING.underlying;
      standings[index * size + place] = standing;
      isCandidate ||= standing !== STANDING.underlying;
      if (standing !== STANDING.rank) unsure.note(symbol, day, standing, ageIsMinimum, hasVolumes);
      if (values !== undefined) values[index * size + place] = volumes?.values?.[at] ?? 0;
    }
    if (isCandidate) unsure.candidates++;
  }
  const lifeOn = (place: number, day: Day) => lifeIn(names[place], day);
  const choices = ends.map((end, index): Choice => {
    const [first, last] = [index * size, (index + 1) * size];
    return {
      end,
      standings: standings.subarray(first, last),
      values: values?.subarray(first, last),
      firstDay: (place) => lifeOn(place, end)?.first ?? end,
      lastFile: (place) => usedDays.from + (names[place]?.files.lastIndexOf(1, end - usedDays.from) ?? -1),
    };
  });
  return { symbols: names.map(({ symbol }) => symbol), choices, lifeOn, unsure, withoutContract: [...withoutContract] };
}

async function readNames(
  store: Store,
  symbols: readonly string[],
  usedDays: Span,
  rule: UniverseRule,
  now: number,
): Promise<Name[]> {
  const lives = await livesBySymbol(store, now);
  const files = await fileDays(store, symbols, usedDays, now);
  const volumes = await readVolumes(store, symbols, lives, usedDays, rule, now);
  const contracts = new Map<string, Uint8Array[]>();
  return symbols.map((symbol, place) => {
    const { class: kind, ticker } = factsOf(symbol);
    const contract = kind === "delivery" ? symbol : ticker;
    // The ticker's own name sorts before the settled ones, which begin with it.
    const before = contracts.get(contract) ?? [];
    const ofName = files[place] ?? new Uint8Array();
    contracts.set(contract, [...before, ofName]);
    return { symbol, lives: lives.get(symbol) ?? [], files: ofName, before, volumes: volumes?.[place] };
  });
}

function lifeIn(name: Name | undefined, day: Day): Life | undefined {
  return name?.lives.find((life) => liesIn(life, day));
}

function liesIn({ first, last }: Life, day: Day): boolean {
  return first <= day && day <= last;
}

/** The span that a day lies in. */
function spanAround(spans: readonly Span[], day: Day): Span | undefined {
  return spans.find(({ from, to }) => from <= day && day <= to);
}

/**
 * What keeps out a symbol that has a file and the underlying.
 *
 * @param isKnown whether its window is known, with its volumes
 * @param at place of the last day of the window among the used days
 * @param first first day of its contract
 */
function standingOf(
  volumes: Volumes | undefined,
  isKnown: boolean,
  { minAge, minQuoteVolume = 0 }: UniverseRule,
  day: Day,
  at: number,
  first: Day,
): number {
  if (day - first < minAge) return STANDING.age;
  if (volumes === undefined) return STANDING.rank;
  if (!isKnown) return STANDING.not_known;
  const { trades, quoteVolumes } = volumes;
  if (trades[at] === 0) return STANDING.no_trade;
  return quoteVolumes !== undefined && (quoteVolumes[at] ?? 0) < minQuoteVolume ? STANDING.volume : STANDING.rank;
}
