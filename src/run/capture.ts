import { formatTime } from "../calendar/time.js";
import { BfaError, InterruptedError } from "../errors.js";
import { fetchExchangeInfo } from "../probe/exchange-info.js";
import type { CaptureNews, ContractCapture } from "../store/contracts.js";
import type { StoreFacts } from "../store/writer.js";
import type { WriterAlone } from "../threads/writer-alone.js";
import type { Emit } from "./events.js";
import type { ProbeSettings, Settings } from "./settings.js";

/** Age at which an update takes a new capture, ms: runs in quick succession share one. */
const CAPTURE_MAX_AGE_MS = 3_600_000;

/** A capture of an exchange's contracts, or its refusal to serve this country or cloud (451). */
export type Captured = { type: "captured"; capture: ContractCapture } | { type: "refused"; reason: string };

/** How to query an exchange. `totalMs`: a time limit for all attempts together, ms. */
type CaptureSettings = Pick<Settings, "ca" | "timeoutMs" | "retries" | "signal"> & { totalMs?: number };

/**
 * Fetches an exchange's contracts.
 *
 * @throws ExchangeError, InterruptedError, UsageError like `fetchExchangeInfo`
 */
export async function captureFrom(
  url: string,
  { ca, timeoutMs, retries, signal, totalMs }: CaptureSettings,
): Promise<Captured> {
  const answer = await fetchExchangeInfo(url, { ca, env: process.env, timeoutMs, retries, signal, totalMs });
  if (answer.type === "refused") return { type: "refused", reason: answer.message };
  return { type: "captured", capture: { at: Date.now(), source: url, contracts: answer.info.contracts } };
}

/** A capture that is taken while a run probes. Disposing it cancels the capture. */
export interface BackgroundCapture extends Disposable {
  /** Undefined if none was wanted, or if it failed: then the run has emitted a notice. */
  readonly done: Promise<ContractCapture | undefined>;
}

/**
 * Begins to capture the contracts if the settings ask for it. A failed capture is a notice and doesn't fail the run.
 */
export function startCapture(
  settings: ProbeSettings,
  { capturedAt }: Pick<StoreFacts, "capturedAt">,
  emit: Emit,
): BackgroundCapture {
  const { contractsUrl, now, signal } = settings;
  const age = capturedAt === undefined ? Infinity : now - capturedAt;
  const isFresh = age >= 0 && age < CAPTURE_MAX_AGE_MS;
  const given = new AbortController();
  const ends = signal === undefined ? given.signal : AbortSignal.any([given.signal, signal]);
  const done =
    contractsUrl === undefined || isFresh
      ? Promise.resolve(undefined)
      : // One time limit for all attempts, so that a run with nothing else to do doesn't wait for retries of an extra.
        captureOrTell(contractsUrl, { ...settings, signal: ends, totalMs: settings.timeoutMs }, emit);
  // It is awaited only after probing, so avoid an unhandled rejection until then.
  done.catch(() => undefined);
  return {
    done,
    [Symbol.dispose]: () => {
      given.abort();
    },
  };
}

async function captureOrTell(url: string, settings: CaptureSettings, emit: Emit): Promise<ContractCapture | undefined> {
  try {
    const captured = await captureFrom(url, settings);
    if (captured.type === "captured") return captured.capture;
    emit({ type: "notice", message: `no contracts: ${captured.reason}` });
  } catch (error) {
    if (!(error instanceof BfaError)) throw error;
    if (!(error instanceof InterruptedError)) emit({ type: "notice", message: `no contracts: ${error.message}` });
  }
  return undefined;
}

/**
 * Has the writer add a capture to the database, and emits an event.
 *
 * @throws StoreError, ThreadError; UsageError when the database has a different capture of the same instant
 */
export async function writeCapture(
  writer: WriterAlone["writer"],
  capture: ContractCapture,
  emit: Emit,
): Promise<CaptureNews> {
  const news = await writer.call("recordCapture", capture);
  const { added, changed, gone } = news;
  const facts = { captured_at: formatTime(capture.at), contract_count: capture.contracts.length };
  emit({ type: "captured", ...facts, added, changed, gone });
  return news;
}
