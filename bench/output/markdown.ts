import { plural } from "../../src/text/numbers.js";
import { readFileSync, writeFileSync } from "node:fs";
import { machineLine } from "../frame/machine.js";
import type { Comparison } from "../frame/comparison.js";
import type { Report } from "../frame/report.js";
import { sideCells, tableHead } from "./format.js";

const INTRODUCTION = `# Results of \`bfa bench\`

Written by \`npm run bench -- --results bench/RESULTS.md\`: each bench replaces its own section.

Each figure is a median, with its quartiles in parentheses. The sides of a comparison run in turn. The last column says how
many times as good as the baseline a side is, compared run by run; above 1× is better. A bound is a program that does only
part of the work, so it shows what is possible. A peer is another program for the same job.
`;

/**
 * Replaces the sections of the benches in a Markdown file of results, which is created if it doesn't exist.
 *
 * @param order names of all benches, in the order of their sections
 */
export function updateResults(file: string, report: Report, order: readonly string[]): void {
  const sections = readSections(file);
  for (const bench of report.benches) sections.set(bench.name, sectionOf(report, bench));
  const ordered = order.flatMap((name) => sections.get(name) ?? []);
  writeFileSync(file, [INTRODUCTION, ...ordered].join("\n"));
}

/** Sections by bench name, each from its level-2 heading to the next. */
function readSections(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
  const parts = text.split(/^(?=## )/m).slice(1);
  return new Map(parts.map((part) => [/^## (\S+)/.exec(part)?.[1] ?? "", `${part.trimEnd()}\n`]));
}

function sectionOf(
  { date, machine, runs, quick, target }: Report,
  { name, comparisons, targets, notes }: Report["benches"][number],
): string {
  const facts = `${date}, ${plural(runs, "run")} per side${quick ? ", quick" : ""}${target === undefined ? "" : `, against ${target}`}`;
  const load = machine.load > 0.5 ? `; the machine was busy: load ${machine.load}` : "";
  return [
    `## ${name}\n`,
    `${facts}. ${machineLine(machine)}${load}.\n`,
    ...comparisons.map(comparisonMarkdown),
    ...(targets.length === 0
      ? []
      : [
          table(
            ["target or claim", "wanted", "measured", ""],
            targets.map(({ what, wanted, measured, met }) => [what, wanted, measured, met ? "met" : "**missed**"]),
          ),
        ]),
    ...notes.map((note) => `${note}\n`),
  ].join("\n");
}

function comparisonMarkdown({ title, method, metrics, baseline, sides, skipped }: Comparison): string {
  const rows = sides.map((side) => sideCells(side, metrics));
  return [
    `### ${title}\n`,
    `${method}\n`,
    table(tableHead(metrics, baseline), rows),
    ...skipped.map(({ name, why }) => `Skipped: ${name} (${why}).\n`),
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `| --- |${" ---: |".repeat(head.length - 1)}`;
  return `${[line(head), rule, ...rows.map(line)].join("\n")}\n`;
}
