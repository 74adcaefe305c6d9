import type { History } from "../../src/replica/history.js";
import { symbolPrefix } from "../../src/vision/object-key.js";
import type { Side } from "../frame/comparison.js";
import type { BenchServer } from "../servers/server.js";
import { isInstalled, runTool } from "./tool.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

export const AWS_INSTALL = "pip install awscli";

export function hasAws(): Promise<boolean> {
  return isInstalled("aws", "--version");
}

const AT_ONCE = 10;

/**
 * `aws s3 ls` of some symbols' prefixes, with ten concurrent processes as in the seed system. The time is extrapolated
 * to `all` symbols.
 */
export function awsSide(server: BenchServer, history: History, symbols: readonly string[], all: number): Side {
  const files = history.folders
    .filter(({ symbol }) => symbols.includes(symbol))
    .reduce((n, { days }) => n + days.length, 0);
  return {
    name: `aws s3 ls, ${AT_ONCE} at a time (from ${symbols.length} symbols)`,
    role: "peer",
    run: async () => {
      const startedAt = performance.now();
      const found = await listAll(server, symbols);
      // Listing all symbols would take an hour and a half and show nothing more.
      const elapsed = ((performance.now() - startedAt) / 1000) * (all / symbols.length);
      if (found !== files) throw new Error(`aws s3 ls found ${found} files of ${files}`);
      return { values: { elapsed }, work: undefined };
    },
  };
}

async function listAll({ url, caFile }: BenchServer, symbols: readonly string[]): Promise<number> {
  const queue = symbols[Symbol.iterator]();
  let found = 0;
  const listSome = async () => {
    for (const symbol of queue) {
      const place = `s3://data.binance.vision/${symbolPrefix(DEFAULT_DATASET, symbol)}`;
      const listing = await runTool("aws", ["s3", "ls", place, "--no-sign-request", "--endpoint-url", url], {
        AWS_CA_BUNDLE: caFile ?? "",
        AWS_DEFAULT_REGION: "ap-northeast-1",
      });
      found += listing.split("\n").filter((line) => line.endsWith(".zip")).length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, listSome));
  return found;
}
