import type { ContractsSummary } from "../../run/contracts.js";
import { column, type Answer } from "../../text/columns.js";
import { plural } from "../../text/numbers.js";
import { announcedLine } from "./summary.js";
import { nameLine } from "./discovery.js";

const DELISTING_COLUMNS = {
  symbol: column("symbol", "perpetual whose end is announced"),
  delivery_date: column("time", "when it ends"),
  known_since: column("time", "time of the first capture that showed this"),
};

/** A capture as an answer: a row for each announced delisting. */
export function contractsAnswer({
  announced_delistings,
  ...facts
}: ContractsSummary): Answer<object, typeof DELISTING_COLUMNS> {
  return { facts, rowsName: "announced_delistings", columns: DELISTING_COLUMNS, rows: [announced_delistings] };
}

/** A capture for people. */
export function contractsText(summary: ContractsSummary): string {
  const { outcome, reason, captured_at, contract_count } = summary;
  if (outcome === "refused") return `nothing recorded: ${reason ?? ""}`;
  return [
    `${plural(contract_count, "contract")} at ${captured_at ?? ""}${outcome === "known" ? ", already known" : ""}`,
    ...nameLine("new", summary.added),
    ...nameLine("with a changed status, type or date", summary.changed),
    ...nameLine("no longer shown", summary.gone),
    ...announcedLine(summary.announced_delistings),
  ].join("\n");
}
