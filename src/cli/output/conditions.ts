import type { CONDITION_FACTS } from "../../query/basis.js";
import type { FactsOf } from "../../query/facts.js";
import type { Condition } from "../../vision/condition.js";

/** What a condition means for the reader of an answer. */
const MEANINGS: Readonly<Record<Exclude<Condition, "final">, string>> = {
  provisional: "may still change",
  partial: "lacks symbols that were never probed",
  unpublished: "is not published yet, or only in part",
  unwritten: "is not in the database",
};

/** One line for each condition other than `final` among the days of an answer. */
export function conditionLines(facts: FactsOf<typeof CONDITION_FACTS>): string[] {
  const lines = Object.entries(MEANINGS).map(([condition, meaning]) => {
    const spans = facts.conditions.filter((span) => span.condition === condition);
    const [first, last] = [spans[0], spans.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const days = first.from === last.to ? first.from : `${first.from} to ${last.to}`;
    return `${condition}: ${spans.length > 1 ? `some of ${days}` : days} ${meaning}`;
  });
  return lines.filter((line) => line !== undefined);
}
