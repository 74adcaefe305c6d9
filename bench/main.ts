import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backfillBench } from "./backfill.js";
import { countsBench } from "./counts.js";
import { dnsBench } from "./dns.js";
import { exportBench } from "./export.js";
import { fileBench } from "./file.js";
import type { Bench } from "./frame/bench.js";
import { compare } from "./frame/comparison.js";
import { describeMachine } from "./frame/machine.js";
import { createBenchProgress } from "./frame/progress.js";
import type { Report } from "./frame/report.js";
import { reportHtml } from "./output/html.js";
import { updateResults } from "./output/markdown.js";
import { reportText } from "./output/terminal.js";
import { probeBench } from "./probe.js";
import { publicationBench } from "./publication.js";
import { queryBench } from "./query.js";
import { startBench } from "./start.js";
import { storageBench } from "./storage.js";
import { topBench } from "./top.js";
import { universeOverBench } from "./universe-over.js";
import { updateBench } from "./update.js";
import { volumesBench } from "./volumes.js";
import { writerBench } from "./writer.js";

/** The benches by name, in the order of the results. */
const BENCHES = {
  start: startBench,
  probe: probeBench,
  dns: dnsBench,
  storage: storageBench,
  query: queryBench,
  top: topBench,
  counts: countsBench,
  export: exportBench,
  writer: writerBench,
  backfill: backfillBench,
  update: updateBench,
  publication: publicationBench,
  file: fileBench,
  "universe-over": universeOverBench,
  volumes: volumesBench,
} satisfies Record<string, Bench>;

/** Name of a bench. */
type BenchName = keyof typeof BENCHES;

/** Options of {@link benchmark}. */
export interface BenchOptions {
  /** Benches to run, in order. */
  names: readonly BenchName[];
  /** Whether to do less work, for a first look. */
  quick: boolean;
  /** Runs per side, after a warm-up. */
  runs: number;
  /** Server to measure instead of the replica, for benches that support it. */
  target?: string;
  /** CSV file with a real universe's spans, for benches that support it. */
  spans?: string;
  /** Files for the report: JSON, a page with charts, and Markdown whose sections of these benches are replaced. */
  json?: string;
  html?: string;
  results?: string;
}

/**
 * Runs benches one after the other, with progress on stderr, and prints their tables on stdout.
 *
 * @throws UnequalWorkError when two sides did different work, and errors of a bench
 */
export async function benchmark(options: BenchOptions): Promise<void> {
  const { names, quick, runs, target, spans } = options;
  // Certificates that a machine adds for every Node program take 30 ms to load in each process that is measured.
  if (target === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  const report: Report = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    quick,
    runs,
    ...(target === undefined ? {} : { target }),
    benches: [],
  };
  const progress = createBenchProgress();
  for (const name of names) {
    const bench = BENCHES[name];
    const folder = mkdtempSync(join(tmpdir(), "bfa-bench-"));
    const startedAt = performance.now();
    try {
      const { comparisons, targets, notes } = await bench({
        quick,
        target,
        spans,
        folder,
        say: progress.say,
        compare: async (plan) => {
          progress.start(plan, runs);
          try {
            return await compare(plan, runs, (side, run) => {
              progress.onRun(side.name, run);
            });
          } finally {
            progress.stop();
          }
        },
      });
      report.benches.push({
        name,
        elapsedMs: performance.now() - startedAt,
        comparisons,
        // Reduced work says nothing about targets for the full work.
        targets: quick ? [] : targets,
        notes,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  process.stdout.write(`${reportText(report)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.html !== undefined) writeFileSync(options.html, reportHtml(report));
  if (options.results !== undefined) updateResults(options.results, report, Object.keys(BENCHES));
}
