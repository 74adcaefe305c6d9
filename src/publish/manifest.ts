import { PublicationError } from "../errors.js";

/** Name of the file that lists the contents of a publication. */
export const MANIFEST = "manifest.json";

/** Name of the database in a publication. */
export const DATABASE = "availability.duckdb";

/** Version of the manifest's format. */
const FORMAT = 1;

/** Maximum number of files in a publication, far more than one for each of a few thousand symbols. */
const MAX_FILES = 100_000;

/** Maximum size of a file, bytes: a hundred times the whole index, so that no server can fill the disk. */
const MAX_FILE_BYTES = 4_000_000_000;

/** A file of a publication. */
export interface PublishedFile {
  /** Relative, with slashes. */
  path: string;
  bytes: number;
  /** SHA-256 in hexadecimal. */
  sha256: string;
}

/** Description of a publication, as in `manifest.json`. */
export interface Manifest extends PublishedState {
  format: typeof FORMAT;
  /** Sorted by path. */
  files: PublishedFile[];
}

/** The facts in a manifest other than its files. */
export interface PublishedState {
  /** Name and version of the package that wrote it. */
  generator: string;
  dataset: string;
  license: string;
  attribution: string;
  schema_version: number;
  /** The time of the database's latest fact. All conditions are as of this time. */
  as_of: string;
  row_count: number;
  symbol_count: number;
  first_date: string;
  last_date: string;
  /** Conditions of the days from the first to the last one, as spans. */
  conditions: { condition: string; from: string; to: string }[];
}

/** Text of `manifest.json`. */
export function manifestText(manifest: Omit<Manifest, "format">): string {
  return `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`;
}

/** The parts of somebody else's manifest that are read. */
export type ReadManifest = Pick<Manifest, "row_count" | "files">;

/**
 * Reads somebody else's manifest. No path in it may lead out of the publication.
 *
 * @param where the publication, for messages
 * @throws PublicationError PUBLICATION_DAMAGED when it isn't a valid manifest
 */
export function readManifest(text: string, where: string): ReadManifest {
  const manifest = parse(text);
  if (!isRecord(manifest)) throw damaged(where, "it is not a JSON object");
  const { format, row_count, files } = manifest;
  if (typeof format === "number" && format > FORMAT) {
    throw damaged(
      where,
      `it has format ${format}, but this package only reads ${FORMAT}: update binance-futures-availability`,
    );
  }
  if (format !== FORMAT || !isSize(row_count) || !Array.isArray(files))
    throw damaged(where, "it is not a valid manifest");
  if (files.length > MAX_FILES) throw damaged(where, `it lists more than ${MAX_FILES} files`);
  return { row_count, files: files.map((file) => readFile(file, where)) };
}

/**
 * A file of a manifest.
 *
 * @throws PublicationError PUBLICATION_DAMAGED when the manifest doesn't list it
 */
export function fileNamed({ files }: ReadManifest, path: string, where: string): PublishedFile {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw damaged(where, `it doesn't list ${path}`);
  return file;
}

function readFile(file: unknown, where: string): PublishedFile {
  if (!isRecord(file)) throw damaged(where, "it lists something that is not a file");
  const { path, bytes, sha256 } = file;
  if (typeof path !== "string" || !isPath(path)) throw damaged(where, "it lists a path outside the publication");
  if (!isSize(bytes) || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw damaged(where, `it lacks the size or SHA-256 of ${path}`);
  }
  if (bytes > MAX_FILE_BYTES) {
    throw damaged(where, `${path} has ${bytes} bytes, more than the maximum of ${MAX_FILE_BYTES}`);
  }
  return { path, bytes, sha256 };
}

/** Whether a path consists of plain names, without `..` and hidden files. */
function isPath(path: string): boolean {
  return path.length <= 255 && path.split("/").every((name) => /^[A-Za-z0-9_~-][A-Za-z0-9_~.-]*$/.test(name));
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(where: string, reason: string): PublicationError {
  return new PublicationError("PUBLICATION_DAMAGED", `${where}/${MANIFEST} can't be used: ${reason}`);
}
