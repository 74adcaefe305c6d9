import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sample, Side } from "../frame/comparison.js";
import { digestOf, pathsOf, type Answer, type ProbeWork } from "../probe/work.js";
import type { BenchServer } from "../servers/server.js";
import { runTool } from "./tool.js";

/** The script is next to the sources, also in the package. */
const SCRIPT = fileURLToPath(new URL("../../../bench/peers/urllib3_pool.py", import.meta.url));

export const URLLIB3_INSTALL = "pip install urllib3";

/** Whether Python with urllib3 is installed. */
export function hasUrllib3(): Promise<boolean> {
  return runTool("python3", ["-c", "import urllib3"]).then(
    () => true,
    () => false,
  );
}

/** Number of threads of the seed system's pool. */
const THREADS = 150;

/** The same HEADs from a Python pool of 150 threads. Its start isn't counted, and neither is ours. */
export function urllib3Side(folder: string, server: BenchServer, work: ProbeWork, kept: 1 | 150 = 150): Side {
  const name = kept === 150 ? "Python urllib3, 150 threads" : "Python urllib3, 150 threads, 1 kept (seed)";
  return { name, role: "peer", run: () => runPool(folder, server, work, kept) };
}

async function runPool(folder: string, server: BenchServer, work: ProbeWork, kept: number): Promise<Sample> {
  const file = join(folder, "urls.txt");
  writeFileSync(
    file,
    pathsOf(work)
      .map((path) => `${server.url}${path}`)
      .join("\n"),
  );
  const output = await runTool("python3", [SCRIPT, file, server.caFile ?? "-", String(THREADS), String(kept)]);
  const { seconds, answers } = JSON.parse(output) as {
    seconds: number;
    answers: [status: number, length: string | null, modified: string | null][];
  };
  return {
    values: { rate: answers.length / seconds, elapsed: seconds * 1000 },
    work: digestOf(work, toAnswers(work, answers)),
  };
}

function* toAnswers(
  work: ProbeWork,
  answers: readonly [status: number, length: string | null, modified: string | null][],
): Generator<Answer> {
  const symbolCount = work.symbols.length;
  for (const [i, [status, length, modified]] of answers.entries()) {
    const available = status === 200;
    yield {
      symbolIndex: i % symbolCount,
      day: work.from + Math.floor(i / symbolCount),
      status: available || status === 404 ? status : 0,
      size: available ? Number(length) : 0,
      lastModified: available ? Date.parse(modified ?? "") : 0,
    };
  }
}
