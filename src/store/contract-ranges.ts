import type { ExchangeContract } from "../vision/exchange-info.js";

/** What the exchange says of a symbol, without its name. */
export type ContractState = Omit<ExchangeContract, "symbol">;

/** A state that the exchange showed of a symbol from one capture on. Times in ms since the Unix epoch. */
export interface ContractRange extends ContractState {
  /** The first capture that showed it. */
  from: number;
  /** The first capture after it that didn't; undefined: the last capture showed it. */
  to: number | undefined;
}

/** A capture among those before and after it, ms since the Unix epoch. */
export interface CaptureTime {
  at: number;
  /** The next earlier capture; undefined: this is the first one. */
  before: number | undefined;
  /** The next later one; undefined: this is the last one. */
  after: number | undefined;
}

/**
 * The ranges of a symbol with one more capture among them. Ranges begin and end at captures only, so that each capture can
 * be told from them: whatever the order in which captures are added, the ranges are the same.
 *
 * @param ranges of the symbol, ascending, without this capture
 * @param state what the capture shows; undefined: it lacks the symbol
 */
export function withCapture(
  ranges: readonly ContractRange[],
  { at, before, after }: CaptureTime,
  state: ContractState | undefined,
): ContractRange[] {
  const shownBefore = before === undefined ? undefined : rangeAt(ranges, before);
  const shownAfter = after === undefined ? undefined : rangeAt(ranges, after);
  const others = ranges.filter((range) => range !== shownBefore && range !== shownAfter);
  const around = [
    ...(shownBefore === undefined ? [] : [{ ...shownBefore, to: at }]),
    ...(state === undefined ? [] : [{ ...stateOf(state), from: at, to: after }]),
    ...(shownAfter === undefined ? [] : [{ ...shownAfter, from: after ?? at }]),
  ];
  return joined([...others, ...around].sort((a, b) => a.from - b.from));
}

/** The range that a time lies in. */
export function rangeAt(ranges: readonly ContractRange[], time: number): ContractRange | undefined {
  return ranges.find(({ from, to }) => from <= time && (to === undefined || to > time));
}

/** Whether two states are the same. */
export function isSameState(a: ContractState, b: ContractState): boolean {
  return (
    a.status === b.status &&
    a.contractType === b.contractType &&
    a.underlyingType === b.underlyingType &&
    a.onboardDate === b.onboardDate &&
    a.deliveryDate === b.deliveryDate
  );
}

/** Makes one range of those that meet and have the same state. */
function joined(ranges: readonly ContractRange[]): ContractRange[] {
  const whole: ContractRange[] = [];
  for (const range of ranges) {
    const last = whole.at(-1);
    if (last !== undefined && last.to === range.from && isSameState(last, range)) last.to = range.to;
    else whole.push({ ...range });
  }
  return whole;
}

function stateOf({ status, contractType, underlyingType, onboardDate, deliveryDate }: ContractState): ContractState {
  return { status, contractType, underlyingType, onboardDate, deliveryDate };
}
