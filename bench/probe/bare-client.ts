import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Side } from "../frame/comparison.js";
import { runTool } from "../peers/tool.js";
import type { BenchServer } from "../servers/server.js";
import { pathsOf, type ProbeWork } from "./work.js";

const CLIENT = fileURLToPath(new URL("../child/bare-heads.js", import.meta.url));

const NAMES = { h2: "a bare Node client, HTTP/2", h1: "a bare Node client, HTTP/1.1" } as const;

/** The same HEADs from a script that only prints the answers, over either protocol, from process start to exit. */
export function bareClientSides(folder: string, server: BenchServer, work: ProbeWork): Side[] {
  return (["h2", "h1"] as const).map((protocol) => ({
    name: NAMES[protocol],
    role: "bound",
    run: async () => {
      const paths = join(folder, "paths.txt");
      writeFileSync(paths, pathsOf(work).join("\n"));
      const startedAt = performance.now();
      const printed = await runTool(process.execPath, [CLIENT, server.url, server.caFile ?? "-", paths, protocol]);
      const elapsed = performance.now() - startedAt;
      const answers = printed.trimEnd().split("\n");
      const failed = answers.find((line) => !/\t(?:200|404)\t/.test(line));
      if (failed !== undefined) throw new Error(`the bare client got: ${failed}`);
      if (answers.length !== work.symbols.length) throw new Error(`${answers.length} answers came`);
      return { values: { elapsed }, work: undefined };
    },
  }));
}

/** The smaller median of the two. */
export function fasterOf(median: (side: string) => number | undefined): number {
  return Math.min(...Object.values(NAMES).map((name) => median(name) ?? Infinity));
}
