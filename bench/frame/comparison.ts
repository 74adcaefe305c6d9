import { BfaError } from "../../src/errors.js";
import { isNoisy, pairRatios, spreadOf, type Spread } from "./statistics.js";

/** A quantity measured in each run. */
export interface Metric {
  /** Key in a run's values. */
  id: string;
  label: string;
  unit: string;
  better: "higher" | "lower";
}

/** Result of one run of one side. */
export interface Sample {
  /** Metric values by id, without those that the side can't measure. */
  values: Readonly<Record<string, number>>;
  /**
   * What the run did, as text (a digest of rows, counts of outcomes): equal for equal work. Undefined for a bound,
   * which does different work by design.
   */
  work: string | undefined;
}

/** One of the compared alternatives. */
export interface Side {
  name: string;
  /** A peer does the same with another tool. A bound shows the most that the machine could do. */
  role: "ours" | "peer" | "bound";
  /** Its position on a line chart. */
  point?: { line: string; x: number };
  run: () => Promise<Sample>;
}

/** What to compare, and how. */
export interface ComparisonPlan {
  title: string;
  /** Description of a run, in one or two sentences. */
  method: string;
  /** The first is charted and compared. */
  metrics: readonly [Metric, ...Metric[]];
  sides: readonly Side[];
  /** Name of the side to which ratios are computed; default: the first. */
  baseline?: string;
  /** For a line chart over `x` instead of bars; every side needs a point. */
  lines?: { xLabel: string };
  /** Sides that couldn't run, with the reasons. */
  skipped?: readonly Skipped[];
}

export interface Skipped {
  name: string;
  why: string;
}

/** One side's runs. */
export interface SideResult extends Omit<Side, "run"> {
  /** Spread of each metric, by its id. */
  metrics: Record<string, Spread>;
  /** How many times as good as the baseline in the first metric, by run; above 1 is better. */
  ratio?: Spread;
  noisy: boolean;
}

/** A completed comparison. */
export interface Comparison extends Omit<ComparisonPlan, "sides" | "baseline" | "skipped"> {
  baseline: string;
  sides: SideResult[];
  skipped: readonly Skipped[];
}

/** Thrown when two sides of a comparison did different work, so that its numbers would mean nothing. */
export class UnequalWorkError extends BfaError {
  constructor(message: string) {
    super("BENCH_UNEQUAL_WORK", message);
  }
}

/**
 * Runs the sides in turn (A B A B …): once to warm up, then `runs` times.
 *
 * @param onRun called before each run of a side; run 0 is the warm-up
 * @throws UnequalWorkError when two runs did different work, and errors of a side
 */
export async function compare(
  plan: ComparisonPlan,
  runs: number,
  onRun: (side: Side, run: number) => void = () => undefined,
): Promise<Comparison> {
  const { sides, baseline = sides[0]?.name ?? "", skipped = [], ...facts } = plan;
  const samples = new Map<Side, Sample[]>(sides.map((side) => [side, []]));
  let first: { side: Side; work: string } | undefined;
  for (let run = 0; run <= runs; run++) {
    for (const side of sides) {
      onRun(side, run);
      const sample = await side.run();
      if (sample.work !== undefined) {
        first ??= { side, work: sample.work };
        if (sample.work !== first.work) {
          throw new UnequalWorkError(
            `${plan.title}: "${side.name}" (${sample.work}) did not do the work of "${first.side.name}" (${first.work})`,
          );
        }
      }
      if (run > 0) samples.get(side)?.push(sample);
    }
  }
  return {
    ...facts,
    baseline,
    skipped,
    sides: sides.map((side) => sideResult(side, samples.get(side) ?? [], plan.metrics, baselineSamples())),
  };

  function baselineSamples(): Sample[] {
    const side = sides.find(({ name }) => name === baseline);
    return (side && samples.get(side)) ?? [];
  }
}

function sideResult(
  { name, role, point }: Side,
  samples: readonly Sample[],
  metrics: ComparisonPlan["metrics"],
  baseline: readonly Sample[],
): SideResult {
  const spreads: Record<string, Spread> = {};
  for (const { id } of metrics) {
    const values = valuesOf(samples, id);
    if (values.length > 0) spreads[id] = spreadOf(values);
  }
  const [first] = metrics;
  const own = valuesOf(samples, first.id);
  const other = valuesOf(baseline, first.id);
  const ratios = first.better === "higher" ? pairRatios(own, other) : pairRatios(other, own);
  const spread = spreads[first.id];
  return {
    name,
    role,
    ...(point === undefined ? {} : { point }),
    metrics: spreads,
    ...(ratios.length === 0 ? {} : { ratio: spreadOf(ratios) }),
    noisy: spread !== undefined && isNoisy(spread),
  };
}

function valuesOf(samples: readonly Sample[], id: string): number[] {
  return samples.map(({ values }) => values[id]).filter((value) => value !== undefined);
}

/** Median of a side's metric; undefined if the side wasn't run. */
export function medianOf(comparison: Comparison, side: string, metric = comparison.metrics[0].id): number | undefined {
  return comparison.sides.find(({ name }) => name === side)?.metrics[metric]?.median;
}
