import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PublicationError, UsageError } from "../errors.js";
import { DATABASE, fileNamed, MANIFEST, readManifest, type PublishedFile, type ReadManifest } from "./manifest.js";

/** Maximum bytes of a manifest that is read. */
export const MAX_MANIFEST_BYTES = 32_000_000;

/**
 * The manifest of a publication in a folder; undefined when there is none.
 *
 * @throws PublicationError PUBLICATION_DAMAGED
 */
export function manifestIn(folder: string): ReadManifest | undefined {
  const path = join(folder, MANIFEST);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > MAX_MANIFEST_BYTES) {
    throw new PublicationError("PUBLICATION_DAMAGED", `${path} is not a manifest`);
  }
  return readManifest(readFileSync(path, "utf8"), folder);
}

/** SHA-256 of a file in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Makes sure that a file has the size and the sum that a manifest gives.
 *
 * @param name how messages call the file
 * @throws PublicationError PUBLICATION_DAMAGED
 */
export async function verifyFile(path: string, { bytes, sha256 }: PublishedFile, name: string): Promise<void> {
  requireSize(path, bytes, name);
  const found = await sha256Of(path);
  if (found !== sha256) throw damaged(`${name} has the SHA-256 ${found}, its manifest says ${sha256}`);
}

/**
 * Makes sure that a path is a regular file of a size. A pipe would be waited for, and a device has no end.
 *
 * @param name how messages call the file
 * @throws PublicationError PUBLICATION_DAMAGED
 */
export function requireSize(path: string, bytes: number, name: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw damaged(`${name} is not there, or not a regular file`);
  if (found.size !== bytes) throw damaged(`${name} has ${found.size} bytes, its manifest says ${bytes}`);
}

/**
 * The database that a path names: itself, or, when it is the folder of a publication, the one in it, verified by the
 * manifest.
 *
 * @throws PublicationError PUBLICATION_DAMAGED; UsageError when the folder is none of a publication
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
