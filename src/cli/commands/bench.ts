import type { InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../errors.js";
import { filePath, httpUrl, wholeNumber } from "../args/readers.js";
import type { CommandBody } from "./command-body.js";

/** The benches, in the order in which they run. */
const BENCHES = [
  "start",
  "probe",
  "dns",
  "storage",
  "query",
  "top",
  "counts",
  "export",
  "writer",
  "backfill",
  "update",
  "publication",
  "file",
  "universe-over",
  "volumes",
] as const;

/** Benches for a first impression; together they finish within a minute. */
const QUICK_BENCHES = ["probe", "dns", "query"] as const satisfies readonly (typeof BENCHES)[number][];

const benchOptions = {
  quick: {
    describe: "for a first impression: small workloads, run once after a warm-up",
    boolean: true,
    default: false,
  },
  runs: {
    describe: "number of runs of each side, after a warm-up",
    string: true,
    requiresArg: true,
    coerce: wholeNumber("runs", 1, 1000),
    defaultDescription: "5, quick: 1",
  },
  json: {
    describe: "write the report to this file as JSON",
    string: true,
    requiresArg: true,
    coerce: filePath("json"),
  },
  html: {
    describe: "write the report to this file as a page with charts",
    string: true,
    requiresArg: true,
    coerce: filePath("html"),
  },
  results: {
    describe: "replace the sections of these benches in a Markdown file",
    string: true,
    requiresArg: true,
    coerce: filePath("results"),
  },
  target: {
    describe: "server to measure with few requests, such as the real Vision (only for probe)",
    string: true,
    requiresArg: true,
    coerce: httpUrl("target", false),
  },
  spans: {
    describe: "additional universe to backfill: CSV symbol,first_day,last_day,bytes_per_day",
    string: true,
    requiresArg: true,
    coerce: filePath("spans"),
  },
} as const satisfies Record<string, Options>;

type BenchArguments = InferredOptionTypes<typeof benchOptions> & { which: string[] };

/** `bfa bench` */
const benchCommand: CommandBody<BenchArguments> = {
  builder: (yargs) =>
    yargs
      .positional("which", {
        describe: `benches to run; default: all, with --quick ${QUICK_BENCHES.join(", ")}`,
        choices: BENCHES,
        array: true,
        default: [],
      })
      .options(benchOptions)
      .example("$0 bench --quick", "a first impression within a minute")
      .example("$0 bench probe update --html bench.html", "two of them, with charts")
      .example("$0 bench probe --target https://data.binance.vision", "your own connection to Binance Vision"),
  handler: async ({ which, quick, runs, target, ...files }) => {
    const names = which.length === 0 ? defaultBenches(quick, target) : BENCHES.filter((name) => which.includes(name));
    if (target !== undefined && names.some((name) => name !== "probe")) {
      throw new UsageError("--target is only for the probe bench: the others need a server that they control");
    }
    // The benches are outside src/, and only this line loads them.
    const { benchmark } = await import("../../../bench/main.js");
    await benchmark({
      names,
      quick,
      runs: runs ?? (quick ? 1 : 5),
      ...(target !== undefined && { target }),
      ...defined(files),
    });
  },
};

function defaultBenches(quick: boolean, target: string | undefined): readonly (typeof BENCHES)[number][] {
  if (target !== undefined) return ["probe"];
  return quick ? QUICK_BENCHES : BENCHES;
}

function defined({ spans, json, html, results }: Pick<BenchArguments, "spans" | "json" | "html" | "results">) {
  return {
    ...(spans !== undefined && { spans }),
    ...(json !== undefined && { json }),
    ...(html !== undefined && { html }),
    ...(results !== undefined && { results }),
  };
}

export default benchCommand;
