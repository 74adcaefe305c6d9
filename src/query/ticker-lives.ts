import { overlap, type Span } from "../calendar/span.js";
import type { Store } from "../store/open.js";
import { isSeparateContract } from "../vision/lives.js";
import { livesBySymbol, type Life } from "./lives.js";
import { factsOf } from "./symbol-filter.js";

/** The life of a contract among those of its ticker, under any name. */
export interface ContractLife extends Life {
  ticker: string;
  /** The previous life, under the name that the bucket uses for that contract now. */
  previous: { symbol: string; last: number; ends: boolean } | undefined;
  next: Life | undefined;
}

/**
 * The contracts that were listed. A settled folder is one of them only if it is a separate contract. A delivery contract
 * is always separate.
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
  const ownSpans = own.map(spanOf);
  const apart = settled.filter((life) => isSeparateContract(spanOf(life), ownSpans));
  const contracts = [...own, ...apart].sort((a, b) => a.first - b.first);
  return contracts.map((life, index) => {
    const before = contracts[index - 1];
    const moved =
      before === undefined ? undefined : settled.findLast((other) => overlap(spanOf(other), spanOf(before)));
    return {
      ...life,
      ticker: factsOf(life.symbol).ticker,
      previous:
        before === undefined ? undefined : { symbol: (moved ?? before).symbol, last: before.last, ends: before.ends },
      next: contracts[index + 1],
    };
  });
}

function spanOf({ first, last }: Life): Span {
  return { from: first, to: last };
}

/** Compares events by date, then by symbol. */
export function byDateAndSymbol(a: { date: string; symbol: string }, b: { date: string; symbol: string }): number {
  return a.date === b.date ? (a.symbol < b.symbol ? -1 : 1) : a.date < b.date ? -1 : 1;
}
