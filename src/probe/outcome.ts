import type { Failure, FailureKind } from "../rows/failure.js";
import type { FileFacts } from "../rows/probe-row.js";
import { bounded } from "../text/bounded.js";

/** The outcome of probing a cell. A failure is never `missing`. */
export type Outcome =
  { type: "available"; file: FileFacts } | { type: "missing" } | { type: "failed"; failure: Failure };

/** Bytes of the smallest zip, which is only an end record. */
const MIN_ZIP_BYTES = 22;

/** The outcome of a cell whose file is reported to exist: available, unless it is too small to be a zip. */
export function fileOutcome(file: FileFacts): Outcome {
  if (file.size >= MIN_ZIP_BYTES) return { type: "available", file };
  return protocolFailure("NOT_A_ZIP", `a file of ${file.size} bytes is not a zip`);
}

/** The outcome of a cell whose answer can't be right. */
export function protocolFailure(code: string, message: string): Outcome {
  return { type: "failed", failure: { kind: "protocol", code, message: bounded(message) } };
}

/** The failure of a LIST that has more pages than any bucket needs. */
export function endlessList(message: string): Failure {
  return { kind: "protocol", code: "LIST_ENDLESS", message: `the list pages do not end: ${message}` };
}

const KIND_BY_CODE: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ECONNREFUSED: "connect",
  EHOSTUNREACH: "connect",
  ENETUNREACH: "connect",
  EADDRNOTAVAIL: "connect",
  EMFILE: "connect",
  ENFILE: "connect",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ECONNABORTED: "reset",
  UND_ERR_SOCKET: "closed",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  PROBE_TIMEOUT: "timeout",
  UND_ERR_HEADERS_OVERFLOW: "protocol",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "protocol",
  HTTPParserError: "protocol",
  // An HTTP/2 stream ended before its answer: undici has no more specific code.
  UND_ERR_INFO: "protocol",
  PROXY_CLOSED: "proxy",
  UND_ERR_PRX_TLS: "tls",
  EPROTO: "tls",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls",
  SELF_SIGNED_CERT_IN_CHAIN: "tls",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls",
  UNABLE_TO_GET_ISSUER_CERT: "tls",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls",
  HOSTNAME_MISMATCH: "tls",
};

const KIND_BY_PREFIX: readonly (readonly [string, FailureKind])[] = [
  ["CERT_", "tls"],
  ["ERR_TLS_", "tls"],
  ["ERR_SSL_", "tls"],
  ["HPE_", "protocol"],
  ["ERR_HTTP2_", "protocol"],
];

/** undici's message when a proxy refuses a tunnel; there is no code for it. */
const PROXY_REFUSAL = /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/;

/** The failure for an error of undici, TLS, the socket or the look-up. */
export function failureOf(error: Error): Failure {
  const refusal = PROXY_REFUSAL.exec(error.message)?.[1];
  if (refusal !== undefined) {
    return { kind: "proxy", code: `PROXY_${refusal}`, message: `the proxy answered ${refusal} to CONNECT` };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const kind = KIND_BY_CODE[code] ?? KIND_BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "other";
  const failure: Failure = { kind, code, message: error.message === "" ? code : bounded(error.message) };
  const below: string[] = [];
  for (const text of errorsBelow(error)) if (below.push(text) === MAX_CAUSES) break;
  return below.length === 0 ? failure : { ...failure, cause: below.join("; ") };
}

/** Maximum number of causes that a failure names: more add nothing, and a chain may be endless. */
const MAX_CAUSES = 8;

/** The causes of an error: the errors of an AggregateError, one for each address of a host; then its `cause`. */
function* errorsBelow(error: Error): Generator<string> {
  const attempts: unknown[] = error instanceof AggregateError ? error.errors : [];
  for (const below of error.cause === undefined ? attempts : [...attempts, error.cause]) {
    yield bounded(below instanceof Error ? `${below.name}: ${below.message}` : String(below));
    if (below instanceof Error) yield* errorsBelow(below);
  }
}

/** Headers of a response by lower-case name. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The failure for a response whose status means neither "available" nor "missing". */
export function statusFailure(status: number, headers: Headers): Failure {
  const failure: Failure = { kind: "status", code: `HTTP_${status}`, message: `the server answered ${status}` };
  const wait = headers["retry-after"];
  // Servers send a number of seconds. The other form, a date, is ignored: the usual back-off applies.
  return typeof wait === "string" && /^\d{1,6}$/.test(wait)
    ? { ...failure, retryAfterMs: Number(wait) * 1000 }
    : failure;
}

/** Maximum bytes that are read of the body of an error response: its status says everything, and the body is dropped. */
export const MAX_DROPPED_BYTES = 65_536;

/** Ends a response with a known status whose body goes on. */
export class DroppedBodyError extends Error {}
