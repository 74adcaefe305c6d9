import type { Metric, SideResult } from "../frame/comparison.js";
import type { Spread } from "../frame/statistics.js";

/** A measured number with three significant digits (`12,400`, `3.21`, `0.0412`), or an integer unchanged. */
export function measured(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Median, followed by the quartiles: `12,400 (12,100–12,900)`. */
export function withSpread({ median, q1, q3, values }: Spread): string {
  return values.length < 2 ? measured(median) : `${measured(median)} (${measured(q1)}–${measured(q3)})`;
}

/** How many times as good as the baseline: `17.5×`. */
export function times({ median, q1, q3, values }: Spread): string {
  return values.length < 2 ? `${measured(median)}×` : `${measured(median)}× (${measured(q1)}–${measured(q3)})`;
}

/** Head of a metric's column. */
export function metricHead({ label, unit }: Metric): string {
  return unit === "" ? label : `${label} [${unit}]`;
}

/** One row of a comparison's table: first metric with its spread, the others' medians, the ratio to the baseline. */
export function sideCells(side: SideResult, metrics: readonly Metric[]): string[] {
  const cells = metrics.map(({ id }, i) => {
    const spread = side.metrics[id];
    if (spread === undefined) return "–";
    return i === 0 ? withSpread(spread) : measured(spread.median);
  });
  const role = side.role === "ours" ? "" : ` [${side.role}]`;
  const noisy = side.noisy ? " (noisy)" : "";
  return [`${side.name}${role}${noisy}`, ...cells, side.ratio === undefined ? "–" : times(side.ratio)];
}

/** Head of a comparison's table. */
export function tableHead(metrics: readonly Metric[], baseline: string): string[] {
  return ["", ...metrics.map(metricHead), `× ${baseline}`];
}
