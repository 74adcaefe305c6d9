import { open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BfaError, InterruptedError, PublicationError } from "../errors.js";
import { toStoreError } from "../store/duckdb-error.js";
import { get, type HttpAnswer, type HttpOptions } from "./http.js";
import type { PublishedFile } from "./manifest.js";

/** Attempts without progress before giving up, and the delay before the second, ms, which doubles each time. */
const ATTEMPTS = 4;
const PAUSE_MS = 500;

/**
 * Fetches a small file as text.
 *
 * @param maxBytes maximum size of the file
 * @throws PublicationError, InterruptedError
 */
export async function downloadText(url: string, maxBytes: number, options: HttpOptions): Promise<string> {
  return await withRetries(url, options, () => get(url, 0, options, (answer) => readText(answer, url, maxBytes)));
}

/**
 * Downloads a file, resuming after the bytes already in `part`. On failure, `part` keeps what was downloaded.
 *
 * @param part path of the local file, which must exist
 * @returns number of bytes downloaded
 * @throws PublicationError, InterruptedError; StoreError when the disk is full
 */
export async function downloadFile(
  url: string,
  { bytes }: PublishedFile,
  part: string,
  options: HttpOptions,
): Promise<number> {
  let fetched = 0;
  const fetchRest = async () => {
    const { size } = await stat(part);
    if (size === bytes) return;
    const from = size < bytes ? size : 0;
    await get(url, from, options, async (answer) => {
      await append(answer, url, part, bytes, (count) => (fetched += count));
    });
    const { size: now } = await stat(part);
    if (now < bytes) throw new Error(`${url} ended after ${now} of ${bytes} bytes`);
  };
  await withRetries(url, options, fetchRest, () => fetched).catch(async (error: unknown) => {
    throw (await stat(part)).size > 0 ? withPartKept(error) : error;
  });
  return fetched;
}

async function append(
  { from, body }: HttpAnswer,
  url: string,
  part: string,
  bytes: number,
  onBytes: (count: number) => void,
): Promise<void> {
  const file = await open(part, "r+");
  try {
    await file.truncate(from);
    let at = from;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (at + chunk.length > bytes) {
        throw new PublicationError("PUBLICATION_DAMAGED", `${url} is longer than the ${bytes} bytes in its manifest`);
      }
      await file.write(chunk, 0, chunk.length, at).catch((error: unknown) => {
        throw toStoreError(part, error);
      });
      at += chunk.length;
      onBytes(chunk.length);
    }
  } finally {
    await file.close();
  }
}

async function readText({ body }: HttpAnswer, url: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new PublicationError("PUBLICATION_DAMAGED", `${url} has more than ${maxBytes} bytes: it is not a manifest`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @param progress a number that grows whenever something is downloaded, which resets the count of attempts */
async function withRetries<Result>(
  url: string,
  { signal }: HttpOptions,
  work: () => Promise<Result>,
  progress: () => number = () => 0,
): Promise<Result> {
  let before = progress();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted === true) {
        throw new InterruptedError(`interrupted while ${url} was fetched`, { cause: error });
      }
      if (error instanceof BfaError) throw error;
      if (progress() > before) attempt = 1;
      before = progress();
      if (attempt === ATTEMPTS) throw cantReach(url, error);
      await sleep(PAUSE_MS * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal }).catch(
        () => undefined,
      );
    }
  }
}

function cantReach(url: string, cause: unknown): PublicationError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  const message = reason.startsWith(url) ? reason : `${url} can't be fetched: ${reason}`;
  return new PublicationError("PUBLICATION_UNREACHABLE", message, { cause });
}

/** Adds to an error after which a retry may succeed that the next pull continues from the part on the disk. */
function withPartKept(error: unknown): unknown {
  const kept = "the part fetched so far is kept, and the next pull continues from it";
  if (error instanceof InterruptedError)
    return new InterruptedError(`${error.message}; ${kept}`, { cause: error.cause });
  if (!(error instanceof PublicationError) || error.code !== "PUBLICATION_UNREACHABLE") return error;
  return new PublicationError(error.code, `${error.message}; ${kept}`, { cause: error.cause });
}
