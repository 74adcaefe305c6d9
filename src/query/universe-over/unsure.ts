import type { Day } from "../../calendar/day.js";
import { ageRefusal, volumeRefusal } from "../refusal.js";
import { dateText } from "../select.js";
import { STANDING } from "./membership.js";

/** The symbols that a universe may lack because too little is known of them. */
export class Unsure {
  /** The first day on which an age that is only a lower bound is below the minimum. */
  private readonly age = new Map<string, Day>();
  /** The first and the last day on which a window is not known. */
  private readonly notKnown = new Map<string, readonly [first: Day, last: Day]>();

  /** How many symbols the universe could hold on some day. */
  candidates = 0;

  /**
   * Looks at a symbol with a file that is kept out of a rebalancing day. Those days of a symbol come in their order.
   *
   * @param standing what keeps it out, as a {@link STANDING}
   * @param ageIsMinimum whether its contract may be older
   */
  look(symbol: string, day: Day, standing: number, ageIsMinimum: boolean): void {
    if (standing === STANDING.age && ageIsMinimum && !this.age.has(symbol)) this.age.set(symbol, day);
    if (standing === STANDING.not_known) this.notKnown.set(symbol, [this.notKnown.get(symbol)?.[0] ?? day, day]);
  }

  /**
   * Their names, in order.
   *
   * @param tolerated how many there may be
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
