import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatDay } from "../src/calendar/day.js";
import { publish } from "../src/publish/publish.js";
import { writeBackfill } from "./backfilled.js";
import type { Bench, BenchContext, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { askRemote, findHttpfs, HTTPFS_INSTALL } from "./peers/httpfs.js";
import { comparePages } from "./publication/page-drawing.js";
import { benchRows, type BenchRows } from "./rows.js";
import { withFolderServer } from "./servers/folder-server.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "size", label: "fetched", unit: "kB", better: "lower" },
  { id: "requests", label: "requests", unit: "", better: "lower" },
];
const BY_DATE = "Parquet by date";
const BY_SYMBOL = "Parquet by symbol";
const DATABASE = "the DuckDB file";

/** Maximum kB and requests of a query over HTTP. */
const MAX_KILOBYTES = 100;
const MAX_REQUESTS = 10;

/** Reading a publication over HTTP with DuckDB, making one, and drawing its page. */
export const publicationBench: Bench = async (context) => {
  const { quick, folder } = context;
  const history = benchRows(quick ? 40 : SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS);
  const file = join(folder, "a.duckdb");
  await writeBackfill(file, history);
  const out = join(folder, "public");
  const made = await compareMaking(context, file, out, history);
  const read = await compareReading(context, out, history);
  const drawn = await comparePages(context);
  return {
    comparisons: [made, ...read, drawn.comparison],
    targets: [...read.flatMap(targetsOf), ...drawn.targets],
    notes: ["The server of the folder counted the requests and bytes, HEADs included."],
  };
};

async function compareMaking(
  { compare }: BenchContext,
  file: string,
  out: string,
  { rows }: BenchRows,
): Promise<Comparison> {
  const side = (name: string, folder: (run: number) => string): Side => {
    let run = 0;
    return {
      name,
      role: "ours",
      run: async () => {
        const startedAt = performance.now();
        const { bytes, written } = await publish(file, folder(run++));
        return {
          values: { elapsed: (performance.now() - startedAt) / 1000, written: written.length },
          work: String(bytes),
        };
      },
    };
  };
  return await compare({
    title: "Making a publication",
    method: `${rows} rows: database, Parquet, page and its data.`,
    metrics: [
      { id: "elapsed", label: "total", unit: "s", better: "lower" },
      { id: "written", label: "files written", unit: "", better: "lower" },
    ],
    sides: [side("into a new folder", (run) => `${out}-${run}`), side("over an identical one", () => out)],
  });
}

async function compareReading(
  { compare }: BenchContext,
  out: string,
  { symbols, from, days }: BenchRows,
): Promise<Comparison[]> {
  const extension = await findHttpfs();
  const day = `date = DATE '${formatDay(from + Math.floor(days * 0.7))}'`;
  const symbol = `symbol = '${symbols[symbols.length >> 1] ?? ""}'`;
  const questions = [
    ["A snapshot over HTTP", `SELECT symbol, file_size_bytes FROM $ WHERE ${day} AND available ORDER BY symbol`],
    ["A timeline over HTTP", `SELECT date::VARCHAR, available FROM $ WHERE ${symbol} ORDER BY date`],
  ] as const;
  const parquet = (name: string) => (url: string, sql: string) => [
    sql.replace("$", `'${url}/parquet/availability_${name}.parquet'`),
  ];
  const asked: [string, (url: string, sql: string) => string[]][] = [
    [BY_DATE, parquet("by_date")],
    [BY_SYMBOL, parquet("by_symbol")],
    [
      DATABASE,
      (url, sql) => [
        `ATTACH '${url}/availability.duckdb' AS remote (READ_ONLY)`,
        sql.replace("$", "remote.daily_availability"),
      ],
    ],
  ];
  const comparisons: Comparison[] = [];
  for (const [title, sql] of questions) {
    const side = ([name, statements]: (typeof asked)[number]): Side => ({
      name,
      role: "ours",
      run: () =>
        withFolderServer(out, async (url, requests) => {
          const rows = await askRemote(extension, ...statements(url, sql));
          const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
          const work = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
          return { values: { requests: requests.length, size: bytes / 1000 }, work };
        }),
    });
    comparisons.push(
      await compare({
        title,
        method: "DuckDB with httpfs, with a new instance for each query, from a server that supports ranges.",
        metrics: METRICS,
        sides: extension === undefined ? [] : asked.map(side),
        skipped: extension === undefined ? [{ name: "DuckDB with httpfs", why: HTTPFS_INSTALL }] : [],
      }),
    );
  }
  return comparisons;
}

function targetsOf(comparison: Comparison): Target[] {
  const name = comparison.title.startsWith("A snapshot") ? BY_DATE : BY_SYMBOL;
  const side = comparison.sides.find((each) => each.name === name);
  if (side === undefined) return [];
  const [kilobytes, requests] = [medianOf(comparison, name) ?? NaN, side.metrics["requests"]?.median ?? NaN];
  return [
    {
      what: `${comparison.title.toLowerCase()}, ${name}`,
      wanted: `${MAX_REQUESTS} requests, ${MAX_KILOBYTES} kB`,
      measured: `${measured(requests)} requests, ${measured(kilobytes)} kB`,
      met: requests <= MAX_REQUESTS && kilobytes <= MAX_KILOBYTES,
    },
  ];
}
