import { machineLine } from "../frame/machine.js";
import type { Comparison } from "../frame/comparison.js";
import type { Report } from "../frame/report.js";
import { chartSvg } from "./charts.js";
import { sideCells, tableHead } from "./format.js";

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #ddd; padding: 0.2rem 0.6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.missed { color: #a30000; }
.method, .skipped, .note { color: #555; }
`;

/** The report as one HTML page that needs nothing else: charts are inline SVG, there is no script. */
export function reportHtml(report: Report): string {
  const { date, machine, runs, quick, benches } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bfa bench</title>
<style>${STYLE}</style>
</head>
<body>
<h1>bfa bench</h1>
<p>${text(date)}, ${runs} runs a side, taken in turn after a warm-up${quick ? ", quick (small work: a first look, no result)" : ""}. Bars and
points are medians; the marks on them are the quartiles.</p>
<p>${text(machineLine(machine))}${machine.load > 0.5 ? `; other work was going on: load ${machine.load}` : ""}</p>
${benches
  .map(
    ({ name, comparisons, targets, notes }) => `<section id="${name}">
<h2>${name}</h2>
${comparisons.map(comparisonHtml).join("\n")}
${targets.length === 0 ? "" : targetsHtml(targets)}
${notes.map((note) => `<p class="note">${text(note)}</p>`).join("\n")}
</section>`,
  )
  .join("\n")}
</body>
</html>
`;
}

function comparisonHtml(comparison: Comparison): string {
  const { title, method, metrics, baseline, sides, skipped } = comparison;
  return `<figure>
<h3>${text(title)}</h3>
<p class="method">${text(method)}</p>
${chartSvg(comparison)}
${tableHtml(
  tableHead(metrics, baseline),
  sides.map((side) => sideCells(side, metrics)),
)}
${skipped.map(({ name, why }) => `<p class="skipped">skipped: ${text(name)} (${text(why)})</p>`).join("\n")}
</figure>`;
}

function targetsHtml(targets: Report["benches"][number]["targets"]): string {
  const rows = targets.map(
    ({ what, wanted, measured, met }) =>
      `<tr${met ? "" : ' class="missed"'}>${[what, wanted, measured, met ? "met" : "missed"].map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`,
  );
  return `<h3>Targets and claims</h3>
<table><thead><tr><th></th><th>wanted</th><th>measured</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`);
  return `<table><thead><tr>${head.map((cell) => `<th>${text(cell)}</th>`).join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function text(plain: string): string {
  return plain.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
