import type { Day } from "../../calendar/day.js";
import type { Span } from "../../calendar/span.js";
import { fileDays } from "../../store/file-days.js";
import type { Store } from "../../store/open.js";
import { livesBySymbol, type Life } from "../lives.js";
import { factsOf } from "../symbol-filter.js";
import { windowSpan } from "../windows.js";
import type { UniverseRule } from "./definition.js";
import type { Candidate, Choice, Obstacle } from "./membership.js";
import { readVolumes, type Volumes } from "./volumes.js";

/** What is known of the symbols that a universe can hold. */
export interface Market {
  /** The span of days that rebalancing days look at. */
  looked: Span;
  /** In order of symbol. */
  names: readonly Name[];
  bySymbol: ReadonlyMap<string, Name>;
}

/** A name that a universe can hold. */
interface Name {
  symbol: string;
  lives: readonly Life[];
  /** Names of the same contract: on a day on which one of them has a file, it stands for this one. */
  before: readonly Name[];
  /** 1 for each day with a file, from the first day that is looked at. */
  files: Uint8Array;
  /** Undefined where a universe needs none. */
  volumes: Volumes | undefined;
}

/**
 * Reads what a universe is chosen from.
 *
 * @param symbols that it can hold
 * @param looked from the first to the last day that rebalancing days look at
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function readMarket(
  store: Store,
  symbols: readonly string[],
  looked: Span,
  rule: UniverseRule,
  now: number,
): Promise<Market> {
  const sorted = [...symbols].sort();
  const lives = await livesBySymbol(store, now);
  const files = await fileDays(store, sorted, looked, now);
  const volumes = await readVolumes(store, sorted, lives, looked, rule, now);
  const contracts = new Map<string, Name[]>();
  const names = sorted.map((symbol, place): Name => {
    const { class: kind, ticker } = factsOf(symbol);
    const contract = kind === "delivery" ? symbol : ticker;
    // The ticker's own name comes before the settled ones, which begin with it.
    const before = contracts.get(contract) ?? [];
    const ofName = files[place] ?? new Uint8Array();
    const name = { symbol, lives: lives.get(symbol) ?? [], before, files: ofName, volumes: volumes?.[place] };
    contracts.set(contract, [...before, name]);
    return name;
  });
  return { looked, names, bySymbol: new Map(names.map((name) => [name.symbol, name])) };
}

/**
 * What a rebalancing day is chosen from. Nothing later than `end` is looked at.
 *
 * @param end the last day that it looks at
 */
export function choiceOn({ looked, names, bySymbol }: Market, rule: UniverseRule, day: Day, end: Day): Choice {
  const at = end - looked.from;
  const candidates: Candidate[] = [];
  for (const name of names) {
    if (name.files[at] !== 1 || name.before.some(({ files }) => files[at] === 1)) continue;
    const { symbol, volumes } = name;
    const life = name.lives.find(({ first, last }) => first <= end && end <= last);
    const first = life?.first ?? end;
    candidates.push({
      symbol,
      first,
      ageIsMinimum: life?.begins !== true,
      obstacle: day - first < rule.minAge ? "age" : volumes && obstacleOf(volumes, rule, first, end, at),
      value: rule.by === undefined ? undefined : volumes?.values[at],
    });
  }
  const lastFile = (symbol: string) => looked.from + (bySymbol.get(symbol)?.files.lastIndexOf(1, at) ?? -1);
  return { end, candidates, lastFile };
}

/** What of its volumes keeps a symbol out. */
function obstacleOf(
  { known, trades, quoteVolumes }: Volumes,
  { window, minQuoteVolume = 0 }: UniverseRule,
  first: Day,
  end: Day,
  at: number,
): Exclude<Obstacle, "no_file" | "rank"> | undefined {
  const needed = windowSpan({ days: window }, end, first);
  if (needed !== undefined && !known.some(({ from, to }) => from <= needed.from && needed.to <= to)) return "not_known";
  if (trades[at] === 0) return "no_trade";
  return (quoteVolumes[at] ?? 0) < minQuoteVolume ? "volume" : undefined;
}
