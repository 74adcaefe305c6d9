import type { Day } from "../../calendar/day.js";
import { ageRefusal, volumeRefusal } from "../refusal.js";
import { dateText } from "../select.js";
import { STANDING } from "./membership.js";

/** Collects the symbols that a universe may lack because too little is known about them. */
export class Unsure {
  /** The first day on which an age that is only a lower bound is below the minimum or doesn't fill the window. */
  private readonly age = new Map<string, Day>();
  /** The first and the last day on which volumes in the window are unknown. */
  private readonly notKnown = new Map<string, readonly [first: Day, last: Day]>();

  /** Number of symbols that could be members on some day. */
  candidates = 0;

  /**
   * Notes a symbol with a file that is kept out on a rebalancing day. Must be called in order of days.
   *
   * @param standing what keeps it out, as a {@link STANDING}
   * @param ageIsMinimum whether its contract may be older
   * @param hasVolumes whether the volumes since its first known day in the window are known
   */
  note(symbol: string, day: Day, standing: number, ageIsMinimum: boolean, hasVolumes: boolean): void {
    const isNotKnown = standing === STANDING.not_known;
    const lacksAge = (standing === STANDING.age && ageIsMinimum) || (isNotKnown && hasVolumes);
    if (lacksAge && !this.age.has(symbol)) this.age.set(symbol, day);
    if (isNotKnown && !hasVolumes) this.notKnown.set(symbol, [this.notKnown.get(symbol)?.[0] ?? day, day]);
  }

  /**
   * The names of these symbols, in order.
   *
   * @param tolerated maximum number of these symbols
   * @throws NotKnownError when there are more
   */
  leftOut(tolerated: number): string[] {
    const { age, notKnown } = this;
    const symbols = [...new Set([...age.keys(), ...notKnown.keys()])].sort();
    if (symbols.length <= tolerated) return symbols;
    if (notKnown.size > 0) {
      const days = [...notKnown.values()].flat();
      const span = { from: Math.min(...days), to: Math.max(...days) };
      throw volumeRefusal([...notKnown.keys()].sort(), span, notKnown.size === this.candidates);
    }
    throw ageRefusal(symbols, dateText(Math.min(...age.values())));
  }
}
