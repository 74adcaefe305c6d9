import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Maximum bytes of a text file that a user names: a hundred times the longest in use. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Reads a regular file as UTF-8. Other files are refused: a pipe without a writer would block, and a device has no end.
 *
 * @throws Error with a message for the user, without the file's name, or the error of the file system.
 */
export function readText(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new Error("it is not a regular file");
    if (found.size > MAX_TEXT_BYTES) throw new Error(`it has more than ${MAX_TEXT_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}
