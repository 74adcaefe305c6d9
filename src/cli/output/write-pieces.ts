import { open, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../../errors.js";
import type { Destination } from "./destination.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

/** What an answer is written as. */
export type Piece = string | Uint8Array;

/**
 * Writes pieces to a destination, each when there is room for it.
 *
 * @throws UsageError when a file can't be written; see {@link writeFileWhole}.
 */
export async function writePieces(pieces: AsyncIterable<Piece>, destination: Destination): Promise<void> {
  if (destination.kind === "stdout") {
    for await (const piece of pieces) await writeToStdout(piece);
    return;
  }
  const { file } = destination;
  await writeFileWhole(file, async (path) => {
    const handle = await open(path, "wx");
    try {
      for await (const piece of pieces) await handle.appendFile(piece).catch(cantWrite(file));
    } finally {
      await handle.close();
    }
  });
}

/**
 * Has a file written under another name beside it, and gives it its own once it is whole: nothing is left of it after
 * a failure or a signal.
 *
 * @param write makes the file at the path that it is given
 * @returns what `write` gave
 * @throws UsageError when there is no place for it.
 */
export async function writeFileWhole<Result>(file: string, write: (path: string) => Promise<Result>): Promise<Result> {
  const temporary = placeBeside(file);
  try {
    const path = join(temporary.path, basename(file));
    const result = await write(path);
    await rename(path, file).catch(cantWrite(file));
    return result;
  } finally {
    temporary.remove();
  }
}

function placeBeside(file: string) {
  try {
    return makeTemporaryFolder(dirname(file));
  } catch (error) {
    return cantWrite(file)(error);
  }
}

async function writeToStdout(piece: Piece): Promise<void> {
  if (piece.length === 0 || process.stdout.write(piece)) return;
  await new Promise((resolve) => process.stdout.once("drain", resolve));
}

function cantWrite(file: string): (error: unknown) => never {
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} can't be written: ${reason}`, { cause: error });
  };
}
