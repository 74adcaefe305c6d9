import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Maximum bytes of a text that a user names: a hundred times the longest that there is. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Text of a regular file in UTF-8. A pipe without a writer would be waited for, and a device has no end.
 *
 * @throws Error in words for the user, without the file's name, or as the file system says it.
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
