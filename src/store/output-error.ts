import { OutputError, UsageError } from "../errors.js";

/** What Node and DuckDB say where the machine is short of something, so that no other name would help. */
const SHORTAGE =
  /ENOSPC|EDQUOT|EFBIG|EIO|EROFS|EMFILE|ENFILE|ENOMEM|No space left|quota|File too large|Input\/output error|Read-only file system|Too many open files|Out of Memory/i;

/** Whether a text says that the machine is short of something. */
export function saysShortage(text: string): boolean {
  return SHORTAGE.test(text);
}

/**
 * Makes an error of the file system or of DuckDB one of the file that can't be written: the disk's where it is short of
 * something, else the caller's, who named it.
 */
export function outputError(file: string, thrown: unknown): OutputError | UsageError {
  const [reason = ""] = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n", 1);
  const message = `${file} can't be written: ${reason}`;
  // The name may contain any of these words.
  return saysShortage(reason.replaceAll(file, ""))
    ? new OutputError(message, { cause: thrown })
    : new UsageError(message, { cause: thrown });
}
