import { Worker } from "node:worker_threads";
import type { Sample, Side } from "../frame/comparison.js";
import type { BenchServer } from "../servers/server.js";
import { digestOf, pathsOf, type Answer, type ProbeWork } from "./work.js";

const ENTRY = new URL("bare-dispatch-thread.js", import.meta.url);

/** Settings of the thread of a bare loop. */
export interface BareSettings {
  url: string;
  ca: string | undefined;
  connections: number;
  paths: readonly string[];
}

/** Answers of a bare loop in the order of its paths: status, and Content-Length and Last-Modified as received. */
export interface BareAnswers {
  seconds: number;
  cpuSeconds: number;
  answers: readonly (readonly [status: number, length: string, modified: string])[];
}

export const BARE_SIDE = "bare undici dispatch(), 1 thread";

/**
 * The minimum cost of HEADs with undici: a loop of `dispatch()` in a separate thread, like a prober's, which keeps
 * three facts of each answer and does nothing else. It has sent all of them once before.
 */
export function bareDispatchSide(server: BenchServer, work: ProbeWork, connections: number): Side {
  return { name: BARE_SIDE, role: "bound", run: () => runBare(server, work, connections) };
}

async function runBare({ url, ca }: BenchServer, work: ProbeWork, connections: number): Promise<Sample> {
  const workerData: BareSettings = { url, ca, connections, paths: pathsOf(work) };
  const thread = new Worker(ENTRY, { workerData });
  try {
    const { seconds, cpuSeconds, answers } = await new Promise<BareAnswers>((resolve, reject) => {
      thread.once("message", resolve).once("error", reject);
    });
    return {
      values: {
        rate: answers.length / seconds,
        elapsed: seconds * 1000,
        cpu: (cpuSeconds / answers.length) * 1000,
      },
      work: digestOf(work, toAnswers(work, answers)),
    };
  } finally {
    await thread.terminate();
  }
}

function* toAnswers({ symbols, from }: ProbeWork, answers: BareAnswers["answers"]): Generator<Answer> {
  for (const [i, [status, length, modified]] of answers.entries()) {
    const available = status === 200;
    yield {
      symbolIndex: i % symbols.length,
      day: from + Math.floor(i / symbols.length),
      status: available || status === 404 ? status : 0,
      size: available ? Number(length) : 0,
      lastModified: available ? Date.parse(modified) : 0,
    };
  }
}
