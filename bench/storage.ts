import { copyFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeBackfill, writeDailyUpdates } from "./backfilled.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { benchRows, type BenchRows } from "./rows.js";
import { cellsDigest, checkAgainstHistory } from "./storage/cells.js";
import { buildVariant, SEED_AFTER, SEED_BEFORE, STEPS, type Variant } from "./storage/variants.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const SIZE: Metric = { id: "size", label: "file", unit: "MiB", better: "lower" };
const METRICS: [Metric, ...Metric[]] = [
  SIZE,
  { id: "bytes", label: "per row", unit: "bytes", better: "lower" },
  { id: "build", label: "building", unit: "s", better: "lower" },
];
const UPDATES = 60;
const OURS = "ours";
const AFTER = `after ${UPDATES} daily updates`;

/** Maximum size of the file, MiB. */
const MAX_MIB = 10;

/** File sizes for the same rows: in our layout, in the seed's before and after its change, and in steps between. */
export const storageBench: Bench = async ({ quick, folder, compare }) => {
  const history = benchRows(quick ? 40 : SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS);
  const ours = join(folder, "ours.duckdb");
  await writeBackfill(ours, history);
  await checkAgainstHistory(ours, history);
  const size = `${history.rows} rows: ${history.symbols.length} symbols, ${history.days} days, ${history.available} files.`;
  const layouts = await compare({
    title: "The same rows, stored in different ways",
    method: `${size} All eight columns of every row are compared; ours also has the files' ETags, 8 bytes each.`,
    metrics: METRICS,
    sides: [
      ...[SEED_BEFORE, SEED_AFTER, ...STEPS].map((variant) => variantSide(variant, history, ours)),
      oursSide(history, join(folder, "again.duckdb")),
    ],
  });
  const updates = await compare({
    title: "Our file after daily updates",
    method: `${size} Each update writes a new day and rewrites the three days before it.`,
    metrics: [SIZE, { id: "most", label: "largest during updates", unit: "MiB", better: "lower" }],
    sides: [
      { name: "after the backfill", role: "ours", run: () => Promise.resolve(sized(ours)) },
      updatedSide(history, ours, join(folder, "updated.duckdb")),
    ],
  });
  return { comparisons: [layouts, updates], targets: targetsOf(layouts, updates), notes: [] };
};

function variantSide(variant: Variant, { rows }: BenchRows, ours: string): Side {
  return {
    name: variant.name,
    role: "ours",
    run: async () => {
      const file = `${ours}.variant`;
      const startedAt = performance.now();
      await buildVariant(file, variant, ours);
      const build = (performance.now() - startedAt) / 1000;
      const { size } = statSync(file);
      const work = await cellsDigest(file);
      rmSync(file);
      return { values: { size: mebibytes(size), bytes: size / rows, build }, work };
    },
  };
}

function oursSide(history: BenchRows, file: string): Side {
  return {
    name: OURS,
    role: "ours",
    run: async () => {
      const startedAt = performance.now();
      await writeBackfill(file, history);
      const build = (performance.now() - startedAt) / 1000;
      const { size } = statSync(file);
      const work = await cellsDigest(file);
      rmSync(file);
      return { values: { size: mebibytes(size), bytes: size / history.rows, build }, work };
    },
  };
}

function updatedSide(history: BenchRows, ours: string, file: string): Side {
  return {
    name: AFTER,
    role: "ours",
    run: async () => {
      copyFileSync(ours, file);
      let most = 0;
      for (let update = 0; update < UPDATES; update++) {
        await writeDailyUpdates(file, { ...history, days: history.days + update }, 1);
        most = Math.max(most, statSync(file).size);
      }
      const sample = sized(file, most);
      rmSync(file);
      return sample;
    },
  };
}

/** Sizes of files whose rows differ. */
function sized(file: string, most = statSync(file).size) {
  return { values: { size: mebibytes(statSync(file).size), most: mebibytes(most) }, work: undefined };
}

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20;
}

function targetsOf(layouts: Comparison, updates: Comparison): Target[] {
  const size = (comparison: Comparison, side: string) => medianOf(comparison, side) ?? NaN;
  const saved = (side: string) => (1 - size(layouts, side) / size(layouts, SEED_BEFORE.name)) * 100;
  return [
    {
      what: "file after the backfill",
      wanted: `${MAX_MIB} MiB`,
      measured: `${measured(size(layouts, OURS))} MiB`,
      met: size(layouts, OURS) <= MAX_MIB,
    },
    {
      what: `file ${AFTER}`,
      wanted: `${MAX_MIB} MiB`,
      measured: `${measured(size(updates, AFTER))} MiB`,
      met: size(updates, AFTER) <= MAX_MIB,
    },
    {
      what: "seed: its DDL makes the file smaller",
      wanted: "60 %",
      measured: `${measured(saved(SEED_AFTER.name))} %; ours ${measured(saved(OURS))} %`,
      met: saved(SEED_AFTER.name) >= 60,
    },
  ];
}
