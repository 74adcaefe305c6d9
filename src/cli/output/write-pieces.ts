import { open } from "node:fs/promises";
import { outputError } from "../../store/output-error.js";
import { writeFileWhole } from "../../store/write-whole.js";
import type { Destination } from "./destination.js";

/** A piece of a written answer. */
export type Piece = string | Uint8Array;

/**
 * Writes pieces to a destination, with back-pressure.
 *
 * @throws OutputError or UsageError when a file can't be written; see {@link writeFileWhole}.
 */
export async function writePieces(
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  destination: Destination,
): Promise<void> {
  if (destination.kind === "stdout") {
    for await (const piece of pieces) await writeToStdout(piece);
    return;
  }
  const { file } = destination;
  await writeFileWhole(file, async (path) => {
    const handle = await open(path, "wx");
    try {
      for await (const piece of pieces) {
        await handle.appendFile(piece).catch((error: unknown) => {
          throw outputError(file, error);
        });
      }
    } finally {
      await handle.close();
    }
  });
}

async function writeToStdout(piece: Piece): Promise<void> {
  if (piece.length === 0 || process.stdout.write(piece)) return;
  await new Promise((resolve) => process.stdout.once("drain", resolve));
}
