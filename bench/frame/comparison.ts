import { BfaError } from "../../src/errors.js";
import { isNoisy, pairRatios, spreadOf, type Spread } from "./statistics.js";

/** Something measured in each run. */
export interface Metric {
  /** Key in a run's values. */
  id: string;
  label: string;
  unit: string;
  better: "higher" | "lower";
}

/** What one run of one side gave. */
export interface Sample {
  /** Value of each metric, by its id; a metric that the side can't tell is left out. */
  values: Readonly<Record<string, number>>;
  /**
   * What the run did, as text (a digest of rows, counts of outcomes): equal for equal work. Undefined for a bound that
   * by its nature does other work.
   */
  work: string | undefined;
}

/** One of the things compared. */
export interface Side {
  name: string;
  /** A peer does the same with another tool. A bound shows what the machine could do at most. */
  role: "ours" | "peer" | "bound";
  /** Its place on a line chart. */
  point?: { line: string; x: number };
  run: () => Promise<Sample>;
}

/** What is to be compared, and how. */
export interface ComparisonPlan {
  title: string;
  /** What a run does, in a sentence or two. */
  method: string;
  /** The first is charted and compared. */
  metrics: readonly [Metric, ...Metric[]];
  sides: readonly Side[];
  /** Name of the side that the ratios are to; default: the first. */
  baseline?: string;
  /** Lines over `x` instead of bars; every side then has a point. */
  lines?: { xLabel: string };
  /** Sides that could not run, and why. */
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
  /** How many times as good as the baseline in the first metric, run by run; above 1 is better. */
  ratio?: Spread;
  noisy: boolean;
}

/** A comparison that was made. */
export interface Comparison extends Omit<ComparisonPlan, "sides" | "baseline" | "skipped"> {
  baseline: string;
  sides: SideResult[];
  skipped: readonly Skipped[];
}

/** Two sides of a comparison did not do the same: its numbers would mean nothing. */
export class UnequalWorkError extends BfaError {
  constructor(message: string) {
    super("BENCH_UNEQUAL_WORK", message);
  }
}

/**
 * Runs the sides in turn (A B A B …): once to warm up, then `runs` times.
 *
 * @param onRun called before each run of a side; run 0 is the warm-up
 * @throws UnequalWorkError when two runs did not do the same work, and what a side throws
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

/** Median of a side's metric, for statements about a comparison; undefined when the side was not run. */
export function medianOf(comparison: Comparison, side: string, metric = comparison.metrics[0].id): number | undefined {
  return comparison.sides.find(({ name }) => name === side)?.metrics[metric]?.median;
}
