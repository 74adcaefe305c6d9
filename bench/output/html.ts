import { machineLine } from "../frame/machine.js";
import type { Comparison } from "../frame/comparison.js";
import type { Report } from "../frame/report.js";
import type { Side } from "../frame/comparison.js";
import { chartSvg, COLORS } from "./charts.js";
import { headlines } from "./headlines.js";
import { betterWords, sideCells, tableHead } from "./format.js";

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
figure { margin: 1.5rem 0; }
svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #ddd; padding: 0.2rem 0.6rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 8rem; }
.key { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.3em 0 0.8em; }
.missed { color: #a30000; }
.method, .skipped, .note { color: #555; }
@media (max-width: 480px) { body { margin: 1rem auto; font-size: 14px; } }
`;

/** What the colours of the bars mean. */
const ROLES: Readonly<Record<Side["role"], string>> = {
  ours: "this package",
  peer: "another tool doing the same",
  bound: "what the machine could do at most",
};

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
<h2>In short</h2>
<ul>
${headlines(report)
  .map((line) => `<li>${text(line)}</li>`)
  .join("\n")}
</ul>
<nav>
<h2>Contents</h2>
<ul>
${benches.map(contentsHtml).join("\n")}
</ul>
</nav>
<p>Colours:${(["ours", "peer", "bound"] as const)
    .map((role) => `<span class="key" style="background: ${COLORS[role]}"></span>${text(ROLES[role])}`)
    .join("")}</p>
${benches
  .map(
    ({ name, comparisons, targets, notes }) => `<section id="${name}">
<h2>${name}</h2>
${comparisons.map((comparison, index) => comparisonHtml(comparison, `${name}-${index + 1}`)).join("\n")}
${targets.length === 0 ? "" : targetsHtml(targets)}
${notes.map((note) => `<p class="note">${text(note)}</p>`).join("\n")}
</section>`,
  )
  .join("\n")}
</body>
</html>
`;
}

function contentsHtml({ name, comparisons }: Report["benches"][number]): string {
  const entries = comparisons.map(({ title }, index) => `<li><a href="#${name}-${index + 1}">${text(title)}</a></li>`);
  return `<li><a href="#${name}">${name}</a><ul>${entries.join("")}</ul></li>`;
}

function comparisonHtml(comparison: Comparison, id: string): string {
  const { title, method, metrics, baseline, sides, skipped } = comparison;
  return `<figure id="${id}">
<h3>${text(title)}</h3>
<p class="method">${text(method)}</p>
<p class="better">${text(betterWords(metrics[0]))}</p>
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
<div class="wide"><table><thead><tr><th></th><th>wanted</th><th>measured</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`);
  return `<div class="wide"><table><thead><tr>${head.map((cell) => `<th>${text(cell)}</th>`).join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function text(plain: string): string {
  const escaped = plain.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  return escaped.replace(/`([^`]*)`/g, "<code>$1</code>");
}
