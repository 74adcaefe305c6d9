import type { Day } from "../../calendar/day.js";
import { ageRefusal, volumeRefusal } from "../refusal.js";
import { dateText } from "../select.js";
import type { Candidate } from "./membership.js";

/** The symbols that a universe may lack because too little is known of them. */
export class Unsure {
  private readonly seen = new Set<string>();
  /** Days on which an age that is only a lower bound is below the minimum, and on which a window is not known. */
  private readonly days = { age: new Map<string, Day>(), not_known: new Map<string, Day[]>() };

  /** Looks at the candidates of a rebalancing day. Days come in their order. */
  look(day: Day, candidates: readonly Candidate[]): void {
    const { age, not_known: notKnown } = this.days;
    for (const { symbol, obstacle, ageIsMinimum } of candidates) {
      this.seen.add(symbol);
      if (obstacle === "age" && ageIsMinimum && !age.has(symbol)) age.set(symbol, day);
      if (obstacle === "not_known") notKnown.set(symbol, [notKnown.get(symbol)?.[0] ?? day, day]);
    }
  }

  /**
   * Their names, in order.
   *
   * @param tolerated how many there may be
   * @throws NotKnownError when there are more
   */
  leftOut(tolerated: number): string[] {
    const { age, not_known: notKnown } = this.days;
    const symbols = [...new Set([...age.keys(), ...notKnown.keys()])].sort();
    if (symbols.length <= tolerated) return symbols;
    if (notKnown.size > 0) {
      const days = [...notKnown.values()].flat();
      const span = { from: Math.min(...days), to: Math.max(...days) };
      throw volumeRefusal([...notKnown.keys()].sort(), span, notKnown.size === this.seen.size);
    }
    throw ageRefusal(symbols, dateText(Math.min(...age.values())));
  }
}
