import type { Failure, FailureKind } from "../rows/failure.js";

/** What one HEAD says about a file. A failure is never `missing`. */
export type Outcome =
  | { type: "available"; /** bytes */ size: number; /** ms since the Unix epoch */ lastModified: number }
  | { type: "missing" }
  | { type: "failed"; failure: Failure };

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
  // A stream of HTTP/2 that ended before its answer: undici has no finer code for it.
  UND_ERR_INFO: "protocol",
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

/** The failure behind an error of undici, TLS, the socket or the lookup. */
export function failureOf(error: Error): Failure {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const kind = KIND_BY_CODE[code] ?? KIND_BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "other";
  return { kind, code, message: error.message === "" ? code : error.message };
}

/** Header values of a response by their lower-case names. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The failure of a response whose status answers neither "available" nor "missing". */
export function statusFailure(status: number, headers: Headers): Failure {
  const failure: Failure = { kind: "status", code: `HTTP_${status}`, message: `the server answered ${status}` };
  const wait = headers["retry-after"];
  // The form that servers use; the other one, a date, is left to the usual backing off.
  return typeof wait === "string" && /^\d{1,6}$/.test(wait)
    ? { ...failure, retryAfterMs: Number(wait) * 1000 }
    : failure;
}

/** Whether another attempt may end differently: the network and the server's own trouble, not a refusal to serve. */
export function isRetryable(failure: Failure): boolean {
  switch (failure.kind) {
    case "status":
      return isSlowDown(failure) || /^HTTP_5\d\d$/.test(failure.code);
    case "dns":
    case "connect":
    case "closed":
    case "reset":
    case "timeout":
      return true;
    case "protocol":
      // Servers end single streams of HTTP/2 when they are busy or go away.
      return /^(ERR_HTTP2_|UND_ERR_INFO$)/.test(failure.code);
    case "tls":
    case "other":
      return false;
  }
}

/** Whether the server asks for fewer requests: S3's 503 SlowDown, or 429. */
export function isSlowDown(failure: Failure): boolean {
  return failure.code === "HTTP_503" || failure.code === "HTTP_429";
}
