import { plural } from "../../src/text/numbers.js";
import { machineLine } from "../frame/machine.js";
import type { Comparison } from "../frame/comparison.js";
import type { Report } from "../frame/report.js";
import { chartSvg, COLORS } from "./charts.js";
import { measured, metricHead, sideCells, tableHead } from "./format.js";

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
figure { margin: 2rem 0; }
.wide { overflow-x: auto; }
.chart svg { display: block; width: 100%; max-width: 38rem; height: auto; overflow: visible; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.3em 0 0.8em; }
table { border-collapse: collapse; margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #ddd; padding: 0.2rem 0.6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
@media (max-width: 30rem) { th, td { padding: 0.2rem 0.3rem; font-size: 0.85em; } th { hyphens: auto; } }
.missed { color: #a30000; }
.method, .skipped, .note { color: #555; }
`;

/** The report as a self-contained HTML page: charts are inline SVG, and there is no script. */
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
<p>${text(date)}, ${plural(runs, "run")} per side, in turn after a warm-up${quick ? ", quick (a first look at little work, not a result)" : ""}. Bars and
points are medians; the marks on them are the quartiles.</p>
<p class="legend">Bars:${legend()}</p>
<p>${text(machineLine(machine))}${machine.load > 0.5 ? `; the machine was busy: load ${machine.load}` : ""}</p>
${headlinesHtml(benches)}
${contentsHtml(benches)}
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

/** For each comparison, the best of our sides relative to the baseline, if there is one. */
function headlinesHtml(benches: Report["benches"]): string {
  const items = benches.flatMap(({ name, comparisons }) =>
    comparisons.flatMap((comparison, index) => {
      const best = headline(comparison);
      return best === undefined
        ? []
        : [`<li><a href="#${name}-${index + 1}">${text(comparison.title)}</a>: ${text(best)}</li>`];
    }),
  );
  return items.length === 0 ? "" : `<h2>Headline figures</h2>\n<ul class="headlines">\n${items.join("\n")}\n</ul>`;
}

function headline({ metrics: [metric], baseline, lines, sides }: Comparison): string | undefined {
  if (lines !== undefined) return undefined;
  const ours = sides.filter(({ name, role }) => role === "ours" && name !== baseline);
  const [best] = ours.sort((a, b) => (b.ratio?.median ?? 0) - (a.ratio?.median ?? 0));
  const spread = best?.metrics[metric.id];
  if (best?.ratio === undefined || spread === undefined) return undefined;
  return `${best.name} ${measured(spread.median)} ${metric.unit}, ${measured(best.ratio.median)}× as good as ${baseline}`;
}

function contentsHtml(benches: Report["benches"]): string {
  const items = benches.map(({ name, comparisons }) => {
    const titles = comparisons.map(({ title }, index) => `<li><a href="#${name}-${index + 1}">${text(title)}</a></li>`);
    return `<li><a href="#${name}">${name}</a>\n<ul>${titles.join("")}</ul></li>`;
  });
  return `<nav>\n<h2>Contents</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</nav>`;
}

/** Legend of the bars' colours. */
function legend(): string {
  const roles = {
    ours: "ours",
    peer: "the same with another tool",
    bound: "the most that the machine could do",
  } as const;
  return Object.entries(COLORS)
    .map(
      ([role, color]) =>
        `<span class="swatch" style="background: ${color}"></span>${roles[role as keyof typeof COLORS]}`,
    )
    .join("");
}

function comparisonHtml(comparison: Comparison, id: string): string {
  const { title, method, metrics, baseline, sides, skipped } = comparison;
  return `<figure id="${id}">
<h3>${text(title)}</h3>
<p class="method">${text(method)} Chart: ${text(metricHead(metrics[0]))}, ${metrics[0].better} is better.</p>
<div class="chart">${chartSvg(comparison)}</div>
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
  return plain.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
