import type { Answer } from "./answer.js";
import { escapeXml } from "./xml.js";

/** An error document of S3: `<Code>`, `<Message>` and the elements specific to the error. */
export interface S3Error {
  status: number;
  code: string;
  message: string;
  /** Further elements, in order. */
  details?: Readonly<Record<string, string>>;
  /** Further headers. */
  headers?: Readonly<Record<string, string>>;
}

/** The key doesn't exist. */
export function noSuchKey(key: string): S3Error {
  return { status: 404, code: "NoSuchKey", message: "The specified key does not exist.", details: { Key: key } };
}

/** The path names a bucket other than the one served. */
export function noSuchBucket(name: string): S3Error {
  const message = "The specified bucket does not exist";
  return { status: 404, code: "NoSuchBucket", message, details: { BucketName: name } };
}

/** A parameter of a listing is invalid. */
export function invalidArgument(name: string, value: string, message: string): S3Error {
  const details = { ArgumentName: name, ArgumentValue: value };
  return { status: 400, code: "InvalidArgument", message, details };
}

/** The path or query is not percent-encoded UTF-8. */
export const invalidUri: S3Error = {
  status: 400,
  code: "InvalidURI",
  message: "Couldn't parse the specified URI.",
};

/** The method is neither HEAD nor GET. */
export function methodNotAllowed(method: string): S3Error {
  return {
    status: 405,
    code: "MethodNotAllowed",
    message: "The specified method is not allowed against this resource.",
    details: { Method: method },
    headers: { Allow: "GET, HEAD" },
  };
}

/** A transient fault inside S3. */
export const internalError: S3Error = {
  status: 500,
  code: "InternalError",
  message: "We encountered an internal error. Please try again.",
};

/** S3's response to too many requests. */
export const slowDown: S3Error = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };

/** The error document as an answer. */
export function errorAnswer(error: S3Error): Answer {
  const details = Object.entries(error.details ?? {}).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}` +
      `</Message>${details.join("")}<RequestId>REPLICA000000000</RequestId><HostId>replica</HostId></Error>`,
  );
  return {
    status: error.status,
    headers: { "Content-Type": "application/xml", ...error.headers, Server: "AmazonS3" },
    length: body.length,
    body: () => body,
  };
}
