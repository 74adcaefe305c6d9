import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Side } from "../frame/comparison.js";
import type { BenchServer } from "../servers/server.js";
import { runTool } from "./tool.js";

/** The script is next to the sources, also in the package. */
const SCRIPT = fileURLToPath(new URL("../../../bench/peers/klines_pool.py", import.meta.url));

const THREADS = 64;

/** Name of {@link klinesSide}. */
export const PYTHON_KLINES = `Python urllib3, hashlib, zipfile, csv, ${THREADS} threads`;

/**
 * The same files, fetched, verified and parsed by a Python pool of 64 threads. Its start isn't counted, and it writes
 * nothing.
 *
 * @param paths of the zips
 */
export function klinesSide(folder: string, server: BenchServer, paths: readonly string[]): Side {
  return {
    name: PYTHON_KLINES,
    role: "peer",
    run: async () => {
      const file = join(folder, "zips.txt");
      writeFileSync(file, paths.map((path) => `${server.url}${path}`).join("\n"));
      const output = await runTool("python3", [SCRIPT, file, server.caFile ?? "-", String(THREADS)]);
      const { seconds, cpu, rows, digest } = JSON.parse(output) as Record<"seconds" | "cpu" | "rows", number> & {
        digest: string;
      };
      return { values: { elapsed: seconds, cpu, rate: rows / seconds }, work: `${rows} rows, ${digest}` };
    },
  };
}
