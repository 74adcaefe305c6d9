import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { outputError } from "./output-error.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

/**
 * Has a file written in a private folder beside its place, and gives it its name once it is whole: nothing is left of it
 * after a failure or a signal, and no link that others made is followed.
 *
 * @param write makes the file at the path that it is given
 * @returns what `write` gave
 * @throws OutputError or UsageError when there is no place for it.
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
