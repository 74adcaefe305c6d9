import { copyFile } from "node:fs/promises";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../errors.js";
import { downloadFile, downloadText } from "./download.js";
import type { HttpOptions } from "./http.js";
import { DATABASE, MANIFEST, type PublishedFile } from "./manifest.js";
import { MAX_MANIFEST_BYTES } from "./published-folder.js";

/** Where a publication comes from. */
export interface Source {
  /** Text of its manifest. */
  manifest(): Promise<string>;
  /**
   * Puts the database into a file, after the bytes that this has already.
   *
   * @returns bytes that were fetched
   */
  fetchDatabase(file: PublishedFile, part: string): Promise<number>;
}

/**
 * The publication at a URL or in a folder.
 *
 * @throws UsageError when the place is neither
 */
export function sourceAt(place: string, options: HttpOptions): Source {
  return /^https?:\/\//i.test(place) ? urlSource(place, options) : folderSource(place);
}

function urlSource(place: string, options: HttpOptions): Source {
  if (!URL.canParse(place)) throw new UsageError(`${place} is not a URL`);
  const base = place.endsWith("/") ? place : `${place}/`;
  return {
    manifest: () => downloadText(base + MANIFEST, MAX_MANIFEST_BYTES, options),
    fetchDatabase: (file, part) => downloadFile(base + DATABASE, file, part, options),
  };
}

function folderSource(place: string): Source {
  const manifest = join(place, MANIFEST);
  if (!existsSync(manifest) || !statSync(manifest).isFile() || statSync(manifest).size > MAX_MANIFEST_BYTES) {
    throw new UsageError(`${place} has no ${MANIFEST}: name the URL or the folder of what \`bfa publish\` wrote`);
  }
  return {
    manifest: () => Promise.resolve(readFileSync(manifest, "utf8")),
    fetchDatabase: async (_, part) => {
      await copyFile(join(place, DATABASE), part);
      return statSync(part).size;
    },
  };
}
