import type { ExchangeContract } from "../vision/exchange-info.js";

/** The exchange's data about a symbol, without its name. */
export type ContractState = Omit<ExchangeContract, "symbol">;

/** A state that the exchange showed for a symbol from one capture on. Times in ms since the Unix epoch. */
export interface ContractRange extends ContractState {
  /** The first capture that showed it. */
  from: number;
  /** The first later capture that didn't; undefined if the last capture still showed it. */
  to: number | undefined;
}

/** The neighbours of a capture, ms since the Unix epoch. */
export interface CaptureTime {
  at: number;
  /** The previous capture; undefined for the first one. */
  before: number | undefined;
  /** The next capture; undefined for the last one. */
  after: number | undefined;
}

/**
 * Adds a capture to the ranges of a symbol. Ranges begin and end only at captures, so each capture can be reconstructed
 * from them, and the ranges don't depend on the order in which captures are added.
 *
 * @param ranges ranges of the symbol, ascending, without this capture
 * @param state the state that the capture shows; undefined if it lacks the symbol
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

/** The range that contains a time. */
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

/** Merges adjacent ranges that have the same state. */
function joined(ranges: readonly ContractRange[]): ContractRange[] {
  const merged: ContractRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && last.to === range.from && isSameState(last, range)) last.to = range.to;
    else merged.push({ ...range });
  }
  return merged;
}

function stateOf({ status, contractType, underlyingType, onboardDate, deliveryDate }: ContractState): ContractState {
  return { status, contractType, underlyingType, onboardDate, deliveryDate };
}
