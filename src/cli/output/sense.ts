import type { FactsOf } from "../../query/facts.js";
import type { SENSE_FACTS } from "../../query/sense.js";
import { plural } from "../../text/numbers.js";

/**
 * One line that states the sense in which an answer was given, unless the caller asked for files; none as long as no
 * volumes are known.
 *
 * @param filed whether the caller asked for files
 */
export function senseLines(facts: FactsOf<typeof SENSE_FACTS>, filed: boolean): string[] {
  const { sense, traded_count: traded, not_traded_count: notTraded, volumes_unknown_count: unknown } = facts;
  if (sense === "traded") {
    const notKnown = unknown === 0 ? "" : ` and ${plural(unknown, "symbol")} whose volumes are not known`;
    if (notTraded === 0 && unknown === 0) return ["traded: all symbols with a file had trades"];
    return [`traded: left out ${plural(notTraded, "symbol")} with a file but no trades${notKnown}; --filed shows them`];
  }
  if (filed || unknown === 0 || traded + notTraded === 0) return [];
  return [
    `filed: includes files without a known trade count, because volumes of ${plural(unknown, "symbol")} are unknown; \`bfa volumes\` fetches them`,
  ];
}
