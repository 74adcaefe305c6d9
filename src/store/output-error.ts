import { OutputError, UsageError } from "../errors.js";

/** What Node and DuckDB say where the machine is short of something, so that no other name would help. */
const SHORTAGE =
  /ENOSPC|EDQUOT|EFBIG|EIO|EROFS|EMFILE|ENFILE|ENOMEM|No space left|quota|File too large|Input\/output error|Read-only file system|Too many open files|Out of Memory|failed to map segment|annot allocate memory/i;

/** Whether a text says that the machine is short of something. */
export function saysShortage(text: string): boolean {
  return SHORTAGE.test(text);
}

/**
 * Makes an error of the file system or of DuckDB one of the file that can't be written: the disk's where it is short of
 * something, else the caller's, who named it.
 */
export function outputError(file: string, thrown: unknown): OutputError | UsageError {
  const lines = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
  // The name may contain any of these words. DuckDB's own reason can stand below what it was about.
  const shortage = lines.find((line) => saysShortage(line.replaceAll(file, "")));
  const message = `${file} can't be written: ${(shortage ?? lines[0] ?? "").trim()}`;
  return shortage === undefined
    ? new UsageError(message, { cause: thrown })
    : new OutputError(message, { cause: thrown });
}
