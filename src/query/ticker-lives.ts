import type { Store } from "../store/open.js";
import { livesBySymbol, type Life } from "./lives.js";
import { factsOf } from "./symbol-filter.js";

/** The life of a contract among those of its ticker, under any name. */
export interface ContractLife extends Life {
  ticker: string;
  /** The previous life, under the name that the bucket uses for that contract now. */
  previous: { symbol: string; last: number } | undefined;
  next: Life | undefined;
}

/**
 * The contracts that were listed. A settled folder usually repeats files that the contract also has under its own name.
 * It is a separate contract only if its files don't overlap with those of that name and precede some of them. A
 * delivery contract is always separate.
 *
 * @param now ms since the Unix epoch
 */
export async function contractLives(store: Store, now: number): Promise<ContractLife[]> {
  const tickers = new Map<string, Life[]>();
  for (const [symbol, lives] of await livesBySymbol(store, now)) {
    const { class: kind, ticker } = factsOf(symbol);
    const key = kind === "delivery" ? symbol : ticker;
    tickers.set(key, [...(tickers.get(key) ?? []), ...lives]);
  }
  return [...tickers.values()].flatMap(contractsOf);
}

function contractsOf(ofTicker: readonly Life[]): ContractLife[] {
  const isSettled = ({ symbol }: Life) => factsOf(symbol).class === "settled";
  const own = ofTicker.filter((life) => !isSettled(life));
  const settled = ofTicker.filter(isSettled);
  const apart = settled.filter(
    (life) =>
      own.length === 0 || (!own.some((other) => overlap(life, other)) && own.some((other) => other.first > life.last)),
  );
  const contracts = [...own, ...apart].sort((a, b) => a.first - b.first);
  return contracts.map((life, index) => {
    const before = contracts[index - 1];
    const moved = before === undefined ? undefined : settled.findLast((other) => overlap(other, before));
    return {
      ...life,
      ticker: factsOf(life.symbol).ticker,
      previous: before === undefined ? undefined : { symbol: (moved ?? before).symbol, last: before.last },
      next: contracts[index + 1],
    };
  });
}

function overlap(a: Life, b: Life): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Compares events by date, then by symbol. */
export function byDateAndSymbol(a: { date: string; symbol: string }, b: { date: string; symbol: string }): number {
  return a.date === b.date ? (a.symbol < b.symbol ? -1 : 1) : a.date < b.date ? -1 : 1;
}
