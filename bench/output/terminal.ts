import { plural } from "../../src/text/numbers.js";
import Table from "cli-table3";
import { duration } from "../../src/text/durations.js";
import { machineLine } from "../frame/machine.js";
import type { Comparison } from "../frame/comparison.js";
import type { Report } from "../frame/report.js";
import { sideCells, tableHead } from "./format.js";

/** The report as text for a terminal. */
export function reportText(report: Report): string {
  const { date, machine, quick, runs, benches } = report;
  return [
    `${date}, ${plural(runs, "run")} per side${quick ? ", quick (a first look at little work, not a result)" : ""}`,
    machineLine(machine),
    ...(machine.load > 0.5 ? [`the machine was busy: load ${machine.load}`] : []),
    ...benches.flatMap(({ name, elapsedMs, comparisons, targets, notes }) => [
      "",
      `== ${name} (${duration(elapsedMs)})`,
      ...comparisons.flatMap(comparisonText),
      ...targets.map(
        ({ what, wanted, measured, met }) => `${met ? "met " : "MISSED"} ${what}: ${measured} (wanted: ${wanted})`,
      ),
      ...notes.map((note) => `note: ${note}`),
    ]),
  ].join("\n");
}

function comparisonText({ title, method, metrics, baseline, sides, skipped }: Comparison): string[] {
  const table = new Table({
    head: tableHead(metrics, baseline),
    style: { head: [], border: [], compact: true },
    colAligns: ["left", ...metrics.map(() => "right" as const), "right"],
  });
  table.push(...sides.map((side) => sideCells(side, metrics)));
  return ["", title, `  ${method}`, table.toString(), ...skipped.map(({ name, why }) => `  skipped: ${name} (${why})`)];
}
