import type { Comparison } from "../frame/comparison.js";
import type { Report } from "../frame/report.js";
import { measured, times } from "./format.js";

/** The first comparison of each bench in one line: its best side of ours, beside what it is compared with. */
export function headlines({ benches }: Report): string[] {
  return benches.flatMap(({ name, comparisons: [first] }) => (first === undefined ? [] : headline(name, first)));
}

function headline(bench: string, { title, metrics, sides, baseline }: Comparison): string[] {
  const [metric] = metrics;
  const ours = sides.filter(({ role, ratio }) => role === "ours" && ratio !== undefined);
  const best = ours.reduce<(typeof ours)[number] | undefined>(
    (least, side) => ((side.ratio?.median ?? 0) > (least?.ratio?.median ?? 0) ? side : least),
    undefined,
  );
  const value = best?.metrics[metric.id]?.median;
  if (best?.ratio === undefined || value === undefined) return [];
  const unit = metric.unit === "" ? "" : ` ${metric.unit}`;
  const than = best.name === baseline ? "" : `, ${times(best.ratio)} as good as ${baseline}`;
  return [`${bench}: ${title}: ${best.name}: ${metric.label} ${measured(value)}${unit}${than}`];
}
