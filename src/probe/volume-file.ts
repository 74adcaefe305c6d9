import { hash } from "node:crypto";
import { periodSpan } from "../calendar/period.js";
import type { Failure } from "../rows/failure.js";
import { MAX_CHECKSUM_BYTES, parseChecksum } from "../vision/checksum.js";
import type { Dataset } from "../vision/dataset.js";
import { FileError } from "../vision/file-error.js";
import { parseBars, type Bars } from "../vision/kline-csv.js";
import { checksumKey, fileKeyEnd, fileNameStem, keyPath } from "../vision/object-key.js";
import { unzipOne } from "../vision/zip.js";
import { getWithRetries, type GetContext, type GetOutcome } from "./get.js";
import type { RetryContext } from "./retry.js";
import type { ListedFile } from "./volume-plan.js";

/** Maximum bytes of a zip of 1d klines; a month has about 2,500. */
const MAX_ZIP_BYTES = 262_144;
/** Maximum bytes of the CSV in it; a month has about 4,000. */
const MAX_CSV_BYTES = 65_536;

/** The bars of a file and whether its checksum verifies them, or why there are none. */
export type VolumeFileOutcome =
  { type: "read"; bars: Bars; verified: boolean } | { type: "failed"; failure: Failure } | { type: "abandoned" };

/** A file to read. */
export interface WantedFile {
  dataset: Dataset;
  symbol: string;
  /** Its key in the bucket. */
  key: string;
  listed: ListedFile;
}

/**
 * Fetches a file of 1d klines with its checksum, verifies and parses it. Never rejects.
 *
 * @param acceptUnverified accept it even if its checksum is missing or wrong
 */
export async function readVolumeFile(
  context: RetryContext,
  getContext: GetContext,
  wanted: WantedFile,
  acceptUnverified: boolean,
): Promise<VolumeFileOutcome> {
  const path = keyPath(wanted.key);
  const [zip, checksum] = await Promise.all([
    getWithRetries(context, getContext, path, MAX_ZIP_BYTES),
    getWithRetries(context, getContext, checksumKey(path), MAX_CHECKSUM_BYTES),
  ]);
  if (zip.type === "abandoned" || checksum.type === "abandoned") return { type: "abandoned" };
  if (zip.type === "failed") return zip;
  if (checksum.type === "failed") return checksum;
  if (zip.type === "missing") {
    const message = "the bucket lists the file, but the server doesn't have it";
    return { type: "failed", failure: { kind: "status", code: "HTTP_404", message } };
  }
  context.counters.add("fileBytes", zip.bytes.length);
  try {
    return { type: "read", ...readContent(wanted, zip.bytes, checksum, acceptUnverified) };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { type: "failed", failure: { kind: "content", code: error.code, message: error.message } };
  }
}

function readContent(
  { dataset, symbol, listed }: WantedFile,
  zip: Buffer,
  checksum: Exclude<GetOutcome, { type: "failed" | "abandoned" }>,
  acceptUnverified: boolean,
): { bars: Bars; verified: boolean } {
  if (zip.length !== listed.size) {
    throw new FileError(
      "SIZE_DIFFERS",
      `the file has ${zip.length} bytes, but ${listed.size} according to the list page`,
    );
  }
  const name = fileNameStem(dataset, symbol) + fileKeyEnd(dataset, listed.period);
  const problem = checksumProblem(zip, name, checksum);
  if (problem !== undefined && !acceptUnverified) throw problem;
  const csv = unzipOne(zip, name.replace(/zip$/, "csv"), MAX_CSV_BYTES);
  return { bars: parseBars(csv, periodSpan(dataset.cadence, listed.period)), verified: problem === undefined };
}

/** Why a checksum doesn't verify a zip; undefined if it does. */
function checksumProblem(
  zip: Buffer,
  name: string,
  checksum: Exclude<GetOutcome, { type: "failed" | "abandoned" }>,
): FileError | undefined {
  if (checksum.type === "missing") return new FileError("CHECKSUM_MISSING", "the file has no checksum file");
  try {
    const wanted = parseChecksum(checksum.bytes.toString("utf8"), name);
    const found = hash("sha256", zip, "hex");
    if (found === wanted) return undefined;
    return new FileError(
      "CHECKSUM_WRONG",
      `the file has the SHA-256 ${found}, but ${wanted} according to its checksum file`,
    );
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}
