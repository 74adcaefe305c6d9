import type { FactsOf } from "../../query/facts.js";
import type { SENSE_FACTS } from "../../query/sense.js";
import { plural } from "../../text/numbers.js";

/**
 * One line that says in which sense an answer was given, unless the caller asked for files; none as long as no volumes are known.
 *
 * @param filed whether the caller asked for that sense
 */
export function senseLines(facts: FactsOf<typeof SENSE_FACTS>, filed: boolean): string[] {
  const { sense, traded_count: traded, not_traded_count: notTraded, volumes_unknown_count: unknown } = facts;
  if (sense === "traded") {
    const notKnown = unknown === 0 ? "" : `, ${plural(unknown, "symbol")} whose volumes are not known`;
    return [`traded: left out ${plural(notTraded, "symbol")} with a file and no trade${notKnown}; --filed shows them`];
  }
  if (filed || unknown === 0 || traded + notTraded === 0) return [];
  return [
    `filed: files without a trade count too, since volumes of ${plural(unknown, "symbol")} are not known; \`bfa volumes\` fetches them`,
  ];
}
