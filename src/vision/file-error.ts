import { bounded } from "../text/bounded.js";

/** Why the content of a file is rejected. */
export type FileErrorCode =
  "CHECKSUM_MALFORMED" | "CHECKSUM_WRONG" | "CHECKSUM_MISSING" | "SIZE_DIFFERS" | "ZIP_BAD" | "CSV_BAD_ROW";

/** The error for a file whose content is rejected. `code` is stable. */
export class FileError extends Error {
  constructor(
    readonly code: FileErrorCode,
    message: string,
  ) {
    super(bounded(message));
    this.name = "FileError";
  }
}
