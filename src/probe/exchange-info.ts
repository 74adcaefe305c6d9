import { setTimeout as sleep } from "node:timers/promises";
import { ExchangeError, InterruptedError } from "../errors.js";
import type { Failure } from "../rows/failure.js";
import { maskedUrl } from "../text/secrets.js";
import {
  MAX_EXCHANGE_INFO_BYTES,
  NotExchangeInfo,
  parseExchangeInfo,
  type ExchangeInfo,
} from "../vision/exchange-info.js";
import { dispatcherFor } from "./net/dispatcher.js";
import { USER_AGENT } from "./net/user-agent.js";
import { failureOf, statusFailure } from "./outcome.js";
import { backoffMs, isRetryable } from "./retry.js";

/** Options of {@link fetchExchangeInfo}. */
export interface ExchangeOptions {
  /** PEM certificates to trust in addition to Node's. */
  ca: string | undefined;
  /** The environment variables that name proxies. */
  env: NodeJS.ProcessEnv;
  /** Time limit for the whole answer, ms. */
  timeoutMs: number;
  /** Number of retries after a transient failure. */
  retries: number;
  /**
   * Time limit for all attempts together, ms.
   *
   * @default none
   */
  totalMs?: number | undefined;
  signal: AbortSignal | undefined;
}

/** The exchange's answer: its contracts, or a refusal to serve this country or cloud (451). */
export type ExchangeAnswer = { type: "contracts"; info: ExchangeInfo } | { type: "refused"; message: string };

type Attempt = ExchangeAnswer | { type: "failed"; failure: Failure };

/**
 * Fetches the `exchangeInfo` of an exchange. Redirects are not followed.
 *
 * @throws ExchangeError EXCHANGE_UNREACHABLE when there is no answer with status 200, EXCHANGE_UNREADABLE when the
 * answer is something else; InterruptedError when the signal was aborted; UsageError when an environment variable is not
 * the URL of a proxy
 */
export async function fetchExchangeInfo(url: string, options: ExchangeOptions): Promise<ExchangeAnswer> {
  const { retries, signal, timeoutMs, totalMs = Infinity } = options;
  const endsAt = performance.now() + totalMs;
  for (let attempts = 1; ; attempts++) {
    const left = Math.max(1, Math.ceil(endsAt - performance.now()));
    const attempt = await ask(url, { ...options, timeoutMs: Math.min(timeoutMs, left) });
    if (signal?.aborted === true) {
      throw new InterruptedError("interrupted before the exchange had answered", { cause: signal.reason });
    }
    if (attempt.type !== "failed") return attempt;
    const { failure } = attempt;
    const delay = backoffMs(failure, attempts, Math.random());
    const isLast = attempts > retries || performance.now() + delay >= endsAt;
    if (isLast || !isRetryable(failure)) throw unreachable(url, failure);
    await sleep(delay, undefined, signal && { signal }).catch(() => undefined);
  }
}

async function ask(url: string, { ca, env, timeoutMs, signal }: ExchangeOptions): Promise<Attempt> {
  const { request } = (await import("undici")).default;
  const dispatcher = await dispatcherFor(url, { ca, env, timeoutMs });
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, headers, body } = await request(url, {
      headers: { "user-agent": USER_AGENT },
      dispatcher,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    if (statusCode === 451) return { type: "refused", message: refusal(url) };
    if (statusCode !== 200) return { type: "failed", failure: statusFailure(statusCode, headers) };
    return { type: "contracts", info: parseExchangeInfo(await readText(body)) };
  } catch (error) {
    if (error instanceof NotExchangeInfo) {
      throw new ExchangeError(
        "EXCHANGE_UNREADABLE",
        `${maskedUrl(url)} did not answer with an exchangeInfo: ${error.message}`,
        { cause: error },
      );
    }
    if (!(error instanceof Error)) throw error;
    if (!limit.aborted) return { type: "failed", failure: failureOf(error) };
    return { type: "failed", failure: { kind: "timeout", code: "TIMEOUT", message: `no answer in ${timeoutMs} ms` } };
  } finally {
    await dispatcher.destroy();
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_EXCHANGE_INFO_BYTES) throw new NotExchangeInfo(`it has more than ${MAX_EXCHANGE_INFO_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refusal(url: string): string {
  return `${maskedUrl(url)} answered 451: Binance doesn't serve its API to this country or cloud; the database is not affected`;
}

function unreachable(url: string, { kind, message }: Failure): ExchangeError {
  const what = kind === "status" ? message.replace("the server ", "") : `can't be reached: ${message}`;
  return new ExchangeError("EXCHANGE_UNREACHABLE", `${maskedUrl(url)} ${what}`);
}
