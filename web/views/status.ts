import { el, table, tile } from "../dom.js";
import type { ViewMaker } from "../page.js";
import { ago, count, formatDay, minute } from "../words.js";

/** Descriptions of what is due, by the names in `bfa status`. */
const DUE = {
  due_never_probed: "never probed",
  due_provisional: "probed too early to be final",
  due_hole: "in holes that may still be filled",
  due_clock: "probed with a clock that was ahead",
  due_dormant: "of dormant symbols, which wait for their weekly LIST",
} as const;

/** Maximum number of spans of conditions listed. */
const SPANS_SHOWN = 200;

/** How complete the index is, how old it is, and what is due. */
export const statusView: ViewMaker = ({ market }) => {
  const { status, runs, conditions } = market;
  const sweepDue = status["sweep_due_at"];
  const isOverdue = typeof sweepDue === "string" && Date.parse(sweepDue) < Date.now();
  const due = Object.entries(DUE).map(([name, what]) => [count(Number(status[name])), what]);
  return el(
    "div",
    {},
    el("h2", {}, "How current it is"),
    el(
      "dl",
      { class: "tiles" },
      tile("as of", ago(market.as_of), minute(market.as_of)),
      tile("last successful update", ago(status["updated_at"]), minute(status["updated_at"])),
      tile("last sweep", ago(status["swept_at"]), isOverdue ? "a new one is due" : minute(status["swept_at"])),
      tile("bucket listed", ago(status["discovered_at"]), minute(status["discovered_at"])),
      tile("cells", count(Number(status["row_count"])), "with a row"),
    ),
    el(
      "div",
      { class: "columns" },
      table("Cells that are due", [{ name: "cells", numeric: true }, { name: "why" }], due),
      table(
        "Conditions of the days, latest first",
        [{ name: "from" }, { name: "to" }, { name: "condition" }],
        conditions
          .toReversed()
          .slice(0, SPANS_SHOWN)
          .map(({ from, to, condition }) => [formatDay(from), formatDay(to), condition]),
      ),
      table(
        "Last runs",
        [
          { name: "run", numeric: true },
          { name: "command" },
          { name: "began" },
          { name: "outcome" },
          { name: "probes", numeric: true },
          { name: "failed", numeric: true },
        ],
        runs.map(({ run_id, command, started_at, outcome, probes, failed }) => [
          ...[String(run_id), command, minute(started_at), outcome],
          ...[probes, failed].map((value) => (value === null ? "–" : count(value))),
        ]),
      ),
    ),
    el(
      "p",
      { class: "hint" },
      "final: all cells are final; provisional: all were probed, some will be probed again; partial: some were never probed; unpublished: Binance has not published the day yet, or only part of it; unwritten: nothing is known.",
    ),
  );
};
