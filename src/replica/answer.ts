/** The replica's answer to one request, before it is written as HTTP/1.1 or HTTP/2. */
export interface Answer {
  status: number;
  /** All but `Content-Length` and `Date`, named as S3 writes them. */
  headers: Readonly<Record<string, string>>;
  /** Length of the body of a GET, bytes. */
  length: number;
  /** The body; built only when it is sent, because building a zip takes 30 ms. */
  body: () => Uint8Array;
}

/** The parts of a request that determine its answer; headers don't. */
export interface Request {
  method: string;
  /** Path and query as received. */
  target: string;
}
