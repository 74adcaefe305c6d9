/**
 * Base class of all errors of this package. Each class has a `code` that is stable across versions; the message says
 * what went wrong and how to fix it; `cause` keeps the underlying error.
 */
export class BfaError<Code extends string = string> extends Error {
  /** Stable identifier in upper case, for scripts and `catch` blocks. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Details of a {@link UsageError}. */
export interface UsageErrorOptions extends ErrorOptions {
  /** The option that can't be used, as the library names it: `timeoutMs`. */
  option?: string | undefined;
}

/** Invalid input: an option, a file named by one, or an argument. The CLI exits with 2. */
export class UsageError extends BfaError<"USAGE"> {
  /** The option at fault, as the library names it; undefined when the fault isn't in a single option. */
  readonly option: string | undefined;
  /** The message without the option's name. */
  readonly reason: string;

  constructor(reason: string, { option, ...options }: UsageErrorOptions = {}) {
    super("USAGE", option === undefined ? reason : `${option}: ${reason}`, options);
    this.option = option;
    this.reason = reason;
  }
}

/** Why a database file can't be used. The CLI exits with 3 for each of them. */
export type StoreErrorCode =
  | "STORE_LOCKED"
  | "STORE_NEWER_SCHEMA"
  | "STORE_OLDER_SCHEMA"
  | "STORE_FOREIGN"
  | "STORE_NOT_DUCKDB"
  | "STORE_MISSING"
  | "STORE_UNUSABLE";

/** The database file can't be opened, read or written; everything committed before is intact. */
export class StoreError extends BfaError<StoreErrorCode> {}

/**
 * An output file can't be written although its path is valid: the disk is full, or the system is out of a resource. An
 * existing file is left untouched. The CLI exits with 3.
 */
export class OutputError extends BfaError<"OUTPUT_FAILED"> {
  constructor(message: string, options?: ErrorOptions) {
    super("OUTPUT_FAILED", message, options);
  }
}

/** Details of a {@link NotKnownError}. */
export interface NotKnownDetails {
  /** The worst condition among the days that the answer depends on. */
  condition: "partial" | "unpublished" | "unwritten";
  /** Days in such a condition, as spans; dates as YYYY-MM-DD. */
  spans: { condition: string; from: string; to: string }[];
  /** For `partial`: the symbols about which nothing is known on these days. */
  unknown_symbols: string[];
}

/** The answer to a query is not "none" but "not known". The CLI exits with 4. */
export class NotKnownError extends BfaError<"NOT_KNOWN"> implements NotKnownDetails {
  readonly condition: NotKnownDetails["condition"];
  readonly spans: NotKnownDetails["spans"];
  readonly unknown_symbols: string[];
  /** The message without what the option `allowPartial` would do. */
  readonly reason: string;
  /** What `allowPartial` would do, as the end of a sentence: `answers anyway`; undefined if it would not help. */
  readonly allowPartial: string | undefined;

  constructor(reason: string, { condition, spans, unknown_symbols }: NotKnownDetails, allowPartial?: string) {
    super("NOT_KNOWN", allowPartial === undefined ? reason : `${reason}, and allowPartial ${allowPartial}`);
    this.reason = reason;
    this.allowPartial = allowPartial;
    this.condition = condition;
    this.spans = spans;
    this.unknown_symbols = unknown_symbols;
  }
}

/** Listing the bucket's symbols failed, and no earlier list is known. */
export class DiscoveryError extends BfaError<"DISCOVERY_FAILED"> {
  constructor(message: string, options?: ErrorOptions) {
    super("DISCOVERY_FAILED", message, options);
  }
}

/** Why a publication can't be read. The CLI exits with 1 when it is unreachable, with 3 when it is damaged. */
export type PublicationErrorCode = "PUBLICATION_UNREACHABLE" | "PUBLICATION_DAMAGED";

/** A publication can't be fetched, or doesn't match its manifest; existing data is intact. */
export class PublicationError extends BfaError<PublicationErrorCode> {}

/** Why the exchange's list of contracts isn't available. The CLI exits with 1. */
export type ExchangeErrorCode = "EXCHANGE_UNREACHABLE" | "EXCHANGE_UNREADABLE";

/** The exchange's list of contracts can't be fetched, or its format is not recognized; nothing is recorded. */
export class ExchangeError extends BfaError<ExchangeErrorCode> {}

/** The caller's signal aborted the work before there was an answer. The CLI exits with 130. */
export class InterruptedError extends BfaError<"INTERRUPTED"> {
  constructor(message: string, options?: ErrorOptions) {
    super("INTERRUPTED", message, options);
  }
}

/** A worker thread stopped before its work was done. Units committed before that are intact. */
export class ThreadError extends BfaError<"THREAD_DIED"> {
  constructor(message: string, options?: ErrorOptions) {
    super("THREAD_DIED", message, options);
  }
}

/** An error as plain data, because class and `code` are lost when an Error crosses a thread boundary. */
export interface PlainError {
  name: string;
  code: string;
  message: string;
  stack: string;
}

/** Flattens any thrown value for a message to another thread. Causes are appended to the stack text. */
export function toPlainError(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) return { name: "Error", code: "UNKNOWN", message: String(thrown), stack: "" };
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "UNKNOWN";
  const below = thrown.cause === undefined ? "" : `\ncaused by: ${toPlainError(thrown.cause).stack}`;
  return { name: thrown.name, code, message: thrown.message, stack: `${thrown.stack ?? thrown.message}${below}` };
}

/** Rebuilds the error class that {@link toPlainError} flattened, with the other thread's stack as its cause. */
export function fromPlainError(plain: PlainError): Error {
  const cause = new Error(plain.message);
  cause.stack = plain.stack;
  if (plain.code.startsWith("STORE_")) return new StoreError(plain.code as StoreErrorCode, plain.message, { cause });
  if (plain.code === "USAGE") return new UsageError(plain.message, { cause });
  return new ThreadError(plain.message, { cause });
}
