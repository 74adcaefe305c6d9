import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBucket, type Bucket } from "../../src/replica/bucket.js";
import { listedHistory } from "../../src/replica/files.js";
import { file, foreign, readListing, type ReadListing, UPLOADED } from "../support/replica.js";

const PREFIX = "data/futures/um/daily/klines/";
const MONTHLY = "data/futures/um/monthly/klines/";

function list(bucket: Bucket, query: Record<string, string>): ReadListing {
  const target = `/data.binance.vision?${new URLSearchParams(query).toString()}`;
  const answer = bucket.answer({ method: "GET", target });
  expect(answer.status).toBe(200);
  const body = Buffer.from(answer.body());
  expect(body.length).toBe(answer.length);
  return readListing(body.toString(), query["encoding-type"] === "url");
}

function errorCode(bucket: Bucket, query: string, path = "/data.binance.vision"): string {
  const answer = bucket.answer({ method: "GET", target: `${path}?${query}` });
  const code = /<Code>(.*)<\/Code>/.exec(Buffer.from(answer.body()).toString())?.[1] ?? "";
  return `${answer.status} ${code}`;
}

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What a listing must be by definition: every key, grouped, sorted, cut. */
function modelItems(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const items = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return cut < 0 ? key : key.slice(0, cut + delimiter.length);
    });
  return [...new Set(items)].sort(bytewise).filter((item) => after === "" || bytewise(item, after) > 0);
}

const SYMBOLS = ["BTCUSDT", "BTCUSDT_231229", "BTCUSDTSETTLED", "ETHUSDT", "币安人生USDT", "𐐀USDT", "\uffeeUSDT"];
const FOREIGN = [
  `${PREFIX}BTCUSDT//`,
  `${PREFIX}part-00000-6b1c2a44.zip`,
  `${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2023-12-30.zip.tmp`,
  `${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2024-01-02.zip.`,
  `${PREFIX}BTCUSDT/5m/BTCUSDT-5m-2024-01-01.zip`,
  `a & b <c> "d"~'(e)*!.txt`,
  "zz/~last",
];
const DAYS = ["2023-12-29", "2023-12-30", "2023-12-31", "2024-01-01", "2024-01-02"];

const files = fc.subarray(SYMBOLS.flatMap((symbol) => DAYS.map((date) => ({ symbol, date }))));
const world = fc.record({ files, foreign: fc.subarray(FOREIGN) }).map((drawn) => {
  const history = listedHistory(
    drawn.files.map(({ symbol, date }) => file(symbol, date)),
    drawn.foreign.map((key) => foreign(key)),
  );
  const days = drawn.files.flatMap(({ symbol, date }) =>
    ["1m", "1d"].map((interval) => `${PREFIX}${symbol}/${interval}/${symbol}-${interval}-${date}.zip`),
  );
  // All were uploaded in 2024-01: only the month before is over.
  const december = new Set(drawn.files.filter(({ date }) => date < "2024").map(({ symbol }) => symbol));
  const months = [...december].map((symbol) => `${MONTHLY}${symbol}/1d/${symbol}-1d-2023-12.zip`);
  const klines = [...days, ...months];
  const keys = [...klines, ...klines.map((key) => `${key}.CHECKSUM`), ...drawn.foreign].sort(bytewise);
  return { bucket: createBucket(history), keys };
});
/** The beginning of a key that may or may not exist, or a text similar to one. */
const cutKey = fc
  .tuple(
    fc.constantFrom(
      ...FOREIGN,
      ...SYMBOLS.map((s) => `${PREFIX}${s}/1m/${s}-1m-2024-01-01.zip`),
      ...SYMBOLS.map((s) => `${PREFIX}${s}/1d/${s}-1d-2024-01-01.zip`),
      ...SYMBOLS.map((s) => `${MONTHLY}${s}/1d/${s}-1d-2023-12.zip`),
    ),
    fc.nat(70),
  )
  .map(([key, length]) => Array.from(key).slice(0, length).join(""));
const question = fc.record({
  prefix: cutKey,
  delimiter: fc.constantFrom("", "/", "/", "-", "1m", "USDT"),
  after: fc.oneof(fc.constant(""), cutKey),
  maxKeys: fc.integer({ min: 1, max: 9 }),
  encode: fc.boolean(),
});

describe("listing against its definition", () => {
  it("v2 pages, joined, are the items after start-after, whatever max-keys is", () => {
    fc.assert(
      fc.property(world, question, ({ bucket, keys }, { prefix, delimiter, after, maxKeys, encode }) => {
        const expected = modelItems(keys, prefix, delimiter, after);
        const found: string[] = [];
        let token: string | undefined;
        do {
          const page = list(bucket, {
            "list-type": "2",
            prefix,
            "max-keys": String(maxKeys),
            ...(delimiter !== "" && { delimiter }),
            ...(after !== "" && { "start-after": after }),
            ...(token !== undefined && { "continuation-token": token }),
            ...(encode && { "encoding-type": "url" }),
          });
          const items = [...page.keys, ...page.groups].sort(bytewise);
          expect(items.length).toBe(Math.min(maxKeys, expected.length - found.length));
          expect(page.field("KeyCount")).toBe(String(items.length));
          expect(page.keys).toEqual([...page.keys].sort(bytewise));
          found.push(...items);
          token = page.truncated ? page.field("NextContinuationToken") : undefined;
          expect(token !== undefined).toBe(page.truncated);
        } while (token !== undefined);
        expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("v1 pages continue from NextMarker with a delimiter and from the last key without one", () => {
    fc.assert(
      fc.property(world, question, ({ bucket, keys }, { prefix, delimiter, after, maxKeys }) => {
        const found: string[] = [];
        let marker = after;
        for (;;) {
          const page = list(bucket, { prefix, delimiter, marker, "max-keys": String(maxKeys) });
          found.push(...[...page.keys, ...page.groups].sort(bytewise));
          expect(page.field("Marker")).toBe(marker);
          expect(page.field("NextMarker") !== undefined).toBe(page.truncated && delimiter !== "");
          if (!page.truncated) break;
          marker = page.field("NextMarker") ?? page.keys.at(-1) ?? "";
        }
        expect(found).toEqual(modelItems(keys, prefix, delimiter, after));
      }),
      { numRuns: 300 },
    );
  });
});

describe("listing documents", () => {
  const bucket = createBucket(
    listedHistory([file("BTCUSDT", "2024-01-01", 48_155)], [foreign(`a & b <c> "d"~'(e)*!.txt`, 7)]),
  );

  it("writes a page as S3 does", () => {
    const answer = bucket.answer({ method: "GET", target: `/?prefix=${PREFIX}BTCUSDT/1m/&max-keys=1` });
    const etag = /&quot;([0-9a-f]{32})&quot;/.exec(Buffer.from(answer.body()).toString())?.[1] ?? "";
    expect(Buffer.from(answer.body()).toString()).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
        `<Name>data.binance.vision</Name><Prefix>${PREFIX}BTCUSDT/1m/</Prefix><Marker></Marker><MaxKeys>1</MaxKeys>` +
        `<IsTruncated>true</IsTruncated><Contents><Key>${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2024-01-01.zip</Key>` +
        `<LastModified>${new Date(UPLOADED).toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag>` +
        `<Size>48155</Size><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>`,
    );
    const head = bucket.answer({ method: "HEAD", target: `/${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2024-01-01.zip` });
    expect(head.headers["ETag"]).toBe(`"${etag}"`);
  });

  it("escapes keys, and percent-encodes them when asked to", () => {
    const raw = (query: string): string =>
      Buffer.from(bucket.answer({ method: "GET", target: `/?prefix=a${query}` }).body()).toString();
    expect(raw("")).toContain(`<Key>a &amp; b &lt;c&gt; &quot;d&quot;~'(e)*!.txt</Key>`);
    expect(raw("&encoding-type=url")).toContain(`<Key>a+%26+b+%3Cc%3E+%22d%22%7E%27%28e%29*%21.txt</Key>`);
  });

  it("gives at most 1,000 keys, and none for max-keys=0", () => {
    const days = Array.from({ length: 600 }, (_, i) => ({ ...file("BTCUSDT", "2022-01-01"), day: 18_993 + i }));
    const long = createBucket(listedHistory(days));
    const page = list(long, { "max-keys": "5000" });
    expect([page.keys.length, page.truncated, page.field("MaxKeys")]).toEqual([1000, true, "1000"]);
    expect(list(long, { "max-keys": "0" })).toMatchObject({ keys: [], truncated: false });
  });

  it("answers bad requests with S3's error documents", () => {
    expect(errorCode(bucket, "max-keys=x")).toBe("400 InvalidArgument");
    expect(errorCode(bucket, "max-keys=-1")).toBe("400 InvalidArgument");
    expect(errorCode(bucket, "max-keys=2147483648")).toBe("400 InvalidArgument");
    expect(errorCode(bucket, "list-type=3")).toBe("400 InvalidArgument");
    expect(errorCode(bucket, "encoding-type=base64")).toBe("400 InvalidArgument");
    expect(errorCode(bucket, "list-type=2&continuation-token=nonsense")).toBe("400 InvalidArgument");
    expect(errorCode(bucket, "list-type=2&prefix=", "/another.bucket")).toBe("404 NoSuchBucket");
    expect(errorCode(bucket, "", "/another.bucket")).toBe("404 NoSuchKey");
    expect(errorCode(bucket, "", "/%ff")).toBe("400 InvalidURI");
  });
});
