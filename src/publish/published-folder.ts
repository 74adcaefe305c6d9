import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PublicationError, UsageError } from "../errors.js";
import { DATABASE, fileNamed, MANIFEST, readManifest, type PublishedFile, type ReadManifest } from "./manifest.js";

/** Maximum size of a manifest, bytes. */
export const MAX_MANIFEST_BYTES = 32_000_000;

/**
 * The manifest of the publication in a folder; undefined if there is none.
 *
 * @throws PublicationError PUBLICATION_DAMAGED; UsageError when it can't be read
 */
export function manifestIn(folder: string): ReadManifest | undefined {
  const path = join(folder, MANIFEST);
  const found = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > MAX_MANIFEST_BYTES) {
    throw new PublicationError("PUBLICATION_DAMAGED", `${path} is not a manifest`);
  }
  return readManifest(
    reading(path, () => readFileSync(path, "utf8")),
    folder,
  );
}

/**
 * Reads something of a publication.
 *
 * @param path what is read; an error that names another path, such as one below a folder, is about that
 * @throws UsageError when it can't be read
 */
export function reading<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): UsageError {
  const named = cause instanceof Error && "path" in cause && typeof cause.path === "string" ? cause.path : path;
  return new UsageError(`${named} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

/**
 * SHA-256 of a file in hexadecimal.
 *
 * @throws UsageError when it can't be read
 */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return hash.digest("hex");
}

/**
 * Checks that a file has the size and SHA-256 in a manifest.
 *
 * @param name name of the file in messages
 * @throws PublicationError PUBLICATION_DAMAGED
 */
export async function verifyFile(path: string, { bytes, sha256 }: PublishedFile, name: string): Promise<void> {
  requireSize(path, bytes, name);
  const found = await sha256Of(path);
  if (found !== sha256) throw damaged(`${name} has the SHA-256 ${found}, but its manifest has ${sha256}`);
}

/**
 * Checks that a path is a regular file of the given size. Reading a pipe could block, and a device may have no end.
 *
 * @param name name of the file in messages
 * @throws PublicationError PUBLICATION_DAMAGED
 */
export function requireSize(path: string, bytes: number, name: string): void {
  const found = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  if (found?.isFile() !== true) throw damaged(`${name} is missing or not a regular file`);
  if (found.size !== bytes) throw damaged(`${name} has ${found.size} bytes, but its manifest has ${bytes}`);
}

/**
 * The database at a path: the file itself, or the database in the folder of a publication, verified against the
 * manifest.
 *
 * @throws PublicationError PUBLICATION_DAMAGED; UsageError when the folder is not a publication
 */
export async function databaseAt(path: string): Promise<string> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const manifest = manifestIn(path);
  if (manifest === undefined)
    throw new UsageError(`${path} is a folder without a ${MANIFEST}: name a database, or what \`bfa publish\` wrote`);
  const database = join(path, DATABASE);
  const file = fileNamed(manifest, DATABASE, path);
  await verifyFile(database, file, database);
  return database;
}

function damaged(message: string): PublicationError {
  return new PublicationError("PUBLICATION_DAMAGED", message);
}
