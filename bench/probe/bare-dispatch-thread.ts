/** Thread of a bare loop of HEADs: sends all paths once to warm up, then again with timing, and reports the answers. */
import { parentPort, workerData } from "node:worker_threads";
import { Pool } from "undici";
import type { BareAnswers, BareSettings } from "./bare-dispatch.js";

const { url, ca, connections, paths } = workerData as BareSettings;
const pool = new Pool(url, { connections, pipelining: 1, ...(ca === undefined ? {} : { connect: { ca } }) });

function sendAll(): Promise<[number, string, string][]> {
  const answers: [number, string, string][] = [];
  return new Promise((resolve, reject) => {
    let next = 0;
    let done = 0;
    const send = () => {
      const at = next++;
      const path = paths[at];
      if (path === undefined) return;
      pool.dispatch(
        // Without `reset: false` undici closes the socket after every HEAD.
        { path, method: "HEAD", reset: false },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, status, headers) => {
            answers[at] = [status, String(headers["content-length"]), String(headers["last-modified"])];
          },
          onResponseData: () => undefined,
          onResponseEnd: () => {
            if (++done === paths.length) resolve(answers);
            else send();
          },
          onResponseError: (_controller, error) => {
            reject(error);
          },
        },
      );
    };
    for (let i = 0; i < connections; i++) send();
  });
}

await sendAll();
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const answers = await sendAll();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
parentPort?.postMessage({ seconds, cpuSeconds: (user + system) / 1e6, answers } satisfies BareAnswers);
