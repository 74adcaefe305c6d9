import { OutputError, UsageError } from "../errors.js";

/** How Node and DuckDB report that a resource is exhausted, so that another path wouldn't help. */
const SHORTAGE =
  /ENOSPC|EDQUOT|EFBIG|EIO|EROFS|EMFILE|ENFILE|ENOMEM|No space left|quota|File too large|Input\/output error|Read-only file system|Too many open files|Out of Memory|failed to map segment|annot allocate memory/i;

/** Whether an error text reports an exhausted resource. */
export function saysShortage(text: string): boolean {
  return SHORTAGE.test(text);
}

/**
 * Converts an error of the file system or DuckDB into one about a file that can't be written: an OutputError if a
 * resource is exhausted, otherwise a UsageError, because the caller named the file.
 */
export function outputError(file: string, thrown: unknown): OutputError | UsageError {
  const lines = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
  // The file's name may contain any of these words. DuckDB may give its reason on a later line.
  const shortage = lines.find((line) => saysShortage(line.replaceAll(file, "")));
  const message = `${file} can't be written: ${(shortage ?? lines[0] ?? "").trim()}`;
  return shortage === undefined
    ? new UsageError(message, { cause: thrown })
    : new OutputError(message, { cause: thrown });
}
