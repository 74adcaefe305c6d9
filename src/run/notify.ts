import { setTimeout as sleep } from "node:timers/promises";
import { dispatcherFor } from "../probe/net/dispatcher.js";
import { USER_AGENT } from "../probe/net/user-agent.js";

/** Time limit for connecting and for the answer, ms. All attempts together take about ten seconds at most. */
const TIMEOUT_MS = 2500;
const ATTEMPTS = 3;
const PAUSE_MS = 500;

/** Options of {@link post}. */
export interface PostOptions {
  /** PEM certificates to trust in addition to Node's. */
  ca: string | undefined;
  /** The environment variables that name proxies. */
  env: NodeJS.ProcessEnv;
}

/**
 * Posts a summary as JSON. Redirects are not followed.
 *
 * @returns why posting failed; undefined on success, which is a status from 200 to 299
 */
export async function post(url: string, summary: object, { ca, env }: PostOptions): Promise<string | undefined> {
  let failure: string | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await sleep(PAUSE_MS * attempt);
    try {
      const status = await postOnce(url, JSON.stringify(summary), { ca, env });
      if (status >= 200 && status < 300) return undefined;
      failure = `the server answered ${status}`;
      if (status < 500 && status !== 429) return failure;
    } catch (error) {
      failure = error instanceof Error ? error.message || error.name : String(error);
    }
  }
  return failure;
}

async function postOnce(url: string, body: string, options: PostOptions): Promise<number> {
  const { request } = (await import("undici")).default;
  const dispatcher = await dispatcherFor(url, { ...options, timeoutMs: TIMEOUT_MS });
  try {
    const headers = { "content-type": "application/json", "user-agent": USER_AGENT };
    const { statusCode } = await request(url, { method: "POST", headers, body, dispatcher });
    return statusCode;
  } finally {
    await dispatcher.destroy();
  }
}
