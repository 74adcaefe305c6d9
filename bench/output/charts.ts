import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Comparison } from "../frame/comparison.js";
import { metricHead } from "./format.js";

/** Colour of a bar, by the role of its side. */
export const COLORS = { ours: "#2f6f9f", peer: "#b5651d", bound: "#8a8a8a" } as const;

/** The SVG element for a comparison: bars with quartiles, or lines over x. */
export function chartSvg(comparison: Comparison): string {
  return comparison.lines === undefined ? bars(comparison) : lines(comparison, comparison.lines.xLabel);
}

function bars({ metrics, sides }: Comparison): string {
  const [metric] = metrics;
  const rows = sides.flatMap(({ name, role, metrics: spreads }) => {
    const spread = spreads[metric.id];
    return spread === undefined ? [] : [{ name, role, ...spread }];
  });
  const longest = Math.max(...rows.map(({ name }) => name.length));
  return render({
    marginLeft: Math.min(320, 16 + longest * 6.5),
    x: { label: metricHead(metric), grid: true },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.barX(rows, { x: "median", y: "name", fill: ({ role }: { role: keyof typeof COLORS }) => COLORS[role] }),
      Plot.ruleY(rows, { x1: "q1", x2: "q3", y: "name", strokeWidth: 2 }),
      Plot.tickX(rows, { x: "q1", y: "name", inset: 8 }),
      Plot.tickX(rows, { x: "q3", y: "name", inset: 8 }),
      Plot.ruleX([0]),
    ],
  });
}

function lines({ metrics, sides }: Comparison, xLabel: string): string {
  const [metric] = metrics;
  const points = sides.flatMap(({ point, metrics: spreads }) => {
    const spread = spreads[metric.id];
    return spread === undefined || point === undefined ? [] : [{ ...point, ...spread }];
  });
  return render({
    x: { label: xLabel, ticks: [...new Set(points.map(({ x }) => x))], tickFormat: String },
    y: { label: metricHead(metric), grid: true, zero: true },
    color: { legend: false },
    marginRight: 110,
    marginLeft: 60,
    marks: [
      Plot.lineY(points, { x: "x", y: "median", stroke: "line" }),
      Plot.ruleX(points, { x: "x", y1: "q1", y2: "q3", stroke: "line" }),
      Plot.dot(points, { x: "x", y: "median", stroke: "line", fill: "white" }),
      Plot.text(points, Plot.selectLast({ x: "x", y: "median", z: "line", text: "line", textAnchor: "start", dx: 8 })),
      Plot.ruleY([0]),
    ],
  });
}

/** Plot draws into a DOM document, here from linkedom, whose types don't match. */
function render(options: object): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as { document: unknown };
  const svg: unknown = Plot.plot({ ...options, document, width: 760 });
  return (svg as { outerHTML: string }).outerHTML;
}
