import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Comparison } from "../frame/comparison.js";
import { metricHead } from "./format.js";

/** Colour of a bar, by the role of its side. */
export const COLORS = { ours: "#2f6f9f", peer: "#b5651d", bound: "#8a8a8a" } as const;

/** Width of a chart, px. The page scales it: about 0.8 times on a phone, where texts must remain readable. */
const WIDTH = 480;

/** Height of a bar with its name above it, and of the name alone, px. */
const ROW_HEIGHT = 38;
const NAME_HEIGHT = 20;

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
  // Names are above their bars: beside them, long names would leave no room on a phone.
  return render({
    height: rows.length * ROW_HEIGHT + 50,
    marginTop: 4,
    marginLeft: 10,
    marginRight: 20,
    x: { label: metricHead(metric), labelOffset: 40, grid: true, ticks: 5 },
    y: { axis: null, domain: rows.map(({ name }) => name), padding: 0 },
    marks: [
      Plot.barX(rows, {
        x: "median",
        y: "name",
        insetTop: NAME_HEIGHT,
        fill: ({ role }: { role: keyof typeof COLORS }) => COLORS[role],
      }),
      Plot.ruleY(rows, { x1: "q1", x2: "q3", y: "name", strokeWidth: 2, dy: NAME_HEIGHT / 2 }),
      Plot.tickX(rows, { x: "q1", y: "name", insetTop: NAME_HEIGHT + 4, insetBottom: 4 }),
      Plot.tickX(rows, { x: "q3", y: "name", insetTop: NAME_HEIGHT + 4, insetBottom: 4 }),
      Plot.text(rows, { y: "name", text: "name", frameAnchor: "left", dx: 2, dy: (NAME_HEIGHT - ROW_HEIGHT) / 2 }),
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
    x: { label: xLabel, labelOffset: 40, ticks: [...new Set(points.map(({ x }) => x))], tickFormat: String },
    y: { label: metricHead(metric), grid: true, zero: true, ticks: 6 },
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
  const svg: unknown = Plot.plot({ ...options, document, width: WIDTH, marginBottom: 46, style: { fontSize: "13px" } });
  return (svg as { outerHTML: string }).outerHTML;
}
