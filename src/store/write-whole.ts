import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { outputError } from "./output-error.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

/**
 * Writes a file in a private folder beside its target, and renames it into place once it is complete: a failure or a
 * signal leaves nothing behind, and links made by others are not followed.
 *
 * @param write creates the file at the given path
 * @returns the result of `write`
 * @throws OutputError or UsageError when the file can't be written.
 */
export async function writeFileWhole<Result>(file: string, write: (path: string) => Promise<Result>): Promise<Result> {
  const temporary = makeTemporaryFolder(dirname(file), file);
  try {
    const path = join(temporary.path, basename(file));
    const result = await write(path);
    await rename(path, file).catch((error: unknown) => {
      throw outputError(file, error);
    });
    return result;
  } finally {
    temporary.remove();
  }
}
