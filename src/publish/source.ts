import { copyFile } from "node:fs/promises";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../errors.js";
import { toStoreError } from "../store/duckdb-error.js";
import { hasSecretParts, maskedUrl } from "../text/secrets.js";
import { downloadFile, downloadText } from "./download.js";
import type { HttpOptions } from "./http.js";
import { DATABASE, MANIFEST, type PublishedFile } from "./manifest.js";
import { MAX_MANIFEST_BYTES, reading, requireSize } from "./published-folder.js";

/** Where a publication comes from. */
export interface Source {
  /** Text of its manifest. */
  manifest(): Promise<string>;
  /**
   * Downloads the database into a file, after the bytes already in it.
   *
   * @returns number of bytes downloaded
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
  const url = URL.canParse(place) ? new URL(place) : undefined;
  if (url === undefined) throw new UsageError(`${maskedUrl(place)} is not a URL`);
  if (hasSecretParts(url)) {
    throw new UsageError(`only scheme, host, port and path belong in ${maskedUrl(place)}`);
  }
  // In the normal form: `HTTPS:` is as secure as `https:`.
  const base = (url.origin + url.pathname).replace(/\/?$/, "/");
  return {
    manifest: () => downloadText(base + MANIFEST, MAX_MANIFEST_BYTES, options),
    fetchDatabase: (file, part) => downloadFile(base + DATABASE, file, part, options),
  };
}

function folderSource(place: string): Source {
  const manifest = join(place, MANIFEST);
  if (!existsSync(manifest) || !statSync(manifest).isFile() || statSync(manifest).size > MAX_MANIFEST_BYTES) {
    // It may be a mistyped URL with a password.
    const shown = /^[a-z][a-z0-9+.-]*:/i.test(place) ? maskedUrl(place) : place;
    throw new UsageError(`${shown} has no ${MANIFEST}: name the URL or the folder of what \`bfa publish\` wrote`);
  }
  return {
    manifest: () => Promise.resolve(reading(manifest, () => readFileSync(manifest, "utf8"))),
    fetchDatabase: async ({ bytes }, part) => {
      const database = join(place, DATABASE);
      requireSize(database, bytes, database);
      await copyFile(database, part).catch((error: unknown) => {
        throw toStoreError(part, error);
      });
      return bytes;
    },
  };
}
