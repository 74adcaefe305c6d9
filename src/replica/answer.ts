/** What the replica says to one request, before it is written as HTTP/1.1 or HTTP/2. */
export interface Answer {
  status: number;
  /** All but `Content-Length` and `Date`, named as S3 writes them. */
  headers: Readonly<Record<string, string>>;
  /** Bytes of the body that a GET gets. */
  length: number;
  /** That body; made only when it is sent, since making a zip takes 30 ms. */
  body: () => Uint8Array;
}

/** A request as far as its answer depends on it; no header changes an answer. */
export interface Request {
  method: string;
  /** Path and query as they were in the request. */
  target: string;
}
