import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Side } from "../frame/comparison.js";
import { pathsOf, type ProbeWork } from "../probe/work.js";
import { EMPTY_PATH } from "../servers/nginx.js";
import type { BenchServer } from "../servers/server.js";
import { isInstalled, runTool } from "./tool.js";

/*
 * Load generators in C. They show what the server and the machine can deliver to a client that does almost nothing with
 * the answers. Over HTTP/1.1 neither can read the answer to a HEAD (they wait for a body), so they GET empty files at
 * the same number of paths: the server's work and the bytes are the same except for one word of the request.
 */

export const WRK_INSTALL = "apt install wrk";
export const H2LOAD_INSTALL = "apt install nghttp2-client";

export function hasWrk(): Promise<boolean> {
  return isInstalled("wrk", "-v");
}

export function hasH2load(): Promise<boolean> {
  return isInstalled("h2load", "--version");
}

/** `wrk` on our nginx, for some seconds. */
export function wrkSide(
  folder: string,
  server: BenchServer,
  work: ProbeWork,
  { threads, connections, seconds }: { threads: number; connections: number; seconds: number },
): Side {
  return {
    name: "wrk",
    role: "bound",
    run: async () => {
      const paths = join(folder, "wrk-paths.txt");
      const script = join(folder, "wrk.lua");
      writeFileSync(paths, emptyPaths(work).join("\n"));
      writeFileSync(script, wrkScript(paths));
      const load = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`];
      const output = await runTool("wrk", [...load, "-s", script, server.url]);
      if (/Non-2xx|Socket errors/.test(output)) throw new Error(`wrk had errors: ${output}`);
      return { values: { rate: numberIn(output, /Requests\/sec:\s+([\d.]+)/) }, work: undefined };
    },
  };
}

function wrkScript(paths: string): string {
  return `local requests = {}
local i = 0
init = function()
  for line in io.lines("${paths}") do requests[#requests + 1] = wrk.format("GET", line) end
end
request = function()
  i = i % #requests + 1
  return requests[i]
end
`;
}

/** `h2load` on our nginx: the same number of requests as the work, over HTTP/1.1 or HTTP/2. */
export function h2loadSide(
  folder: string,
  server: BenchServer,
  work: ProbeWork,
  { threads, connections, http2 }: { threads: number; connections: number; http2: boolean },
): Side {
  return {
    name: http2 ? "h2load, HTTP/2" : "h2load",
    role: "bound",
    run: async () => {
      const urls = join(folder, "h2load-urls.txt");
      const paths = emptyPaths(work);
      writeFileSync(urls, paths.map((path) => server.url + path).join("\n"));
      const protocol = http2 ? ["-m16"] : ["--h1"];
      const load = [`-n${paths.length}`, `-c${connections}`, `-t${threads}`];
      const output = await runTool("h2load", [...protocol, ...load, "-i", urls]);
      if (!/ 0 failed, 0 errored, 0 timeout/.test(output)) throw new Error(`h2load had errors: ${output}`);
      return { values: { rate: numberIn(output, /, ([\d.]+) req\/s/) }, work: undefined };
    },
  };
}

function emptyPaths(work: ProbeWork): string[] {
  return pathsOf(work).map((path) => EMPTY_PATH + path.slice(1));
}

function numberIn(text: string, pattern: RegExp): number {
  const number = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(number)) throw new Error(`no number in: ${text}`);
  return number;
}
