import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, createBucket } from "../../src/replica/bucket.js";
import { listedHistory } from "../../src/replica/files.js";
import { dayOf } from "../../src/calendar/day.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { file, foreign, readListing } from "../support/replica.js";
import { announce, freePort, startProgram, versionOf } from "./programs.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { UM_DAILY_KLINES_1D } from "../../src/vision/datasets/um-klines-1d.js";

/*
 * Listings of the replica compared with those of moto (PyPI, `moto_server`), an independent S3 server, loaded with the
 * same keys and sizes; tested with moto 5.2.1. Every page of every listing is compared as a parsed document: keys with
 * sizes, common prefixes, IsTruncated, KeyCount, Prefix, Delimiter, MaxKeys, NextMarker. Tokens are followed, not
 * compared, because they are opaque. ETags (the content's MD5 there) and times (of the upload there) are not compared
 * either.
 *
 * v2 is equal in everything. In v1, moto differs from S3's documentation, and those differences are left out: it
 * doesn't count groups towards max-keys and lists groups that the marker is past (listings with a delimiter), gives an
 * opaque NextMarker without a delimiter, and leaves the prefix unencoded.
 *
 * s3rver 3.7.1 (npm) was tried too, but can't serve as a reference: it lists `….zip.CHECKSUM` before `….zip` (S3's
 * order is by bytes), doesn't count groups towards max-keys, escapes keys that it has percent-encoded, and has had no
 * release since 2021.
 */
const version = versionOf("python3", ["-c", "import moto; print(moto.__version__)"]);
announce("moto", version);

interface Question {
  version: 1 | 2;
  prefix: string;
  delimiter: string;
  after: string;
  maxKeys: number;
  encode: boolean;
}

const PREFIX = "data/futures/um/daily/klines/";
const DATES = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05"];
const files = ["BTCUSDT", "BTCUSDT_240329", "ETHUSDT", "币安人生USDT"].flatMap((symbol) =>
  DATES.map((date, i) => file(symbol, date, 2_000 + i)),
);
const foreignFiles = [
  foreign(`${PREFIX}part-00000-6b1c2a44.zip`, 14),
  foreign(`${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2024-01-02.zip.tmp`, 3),
  foreign("a & b <c>.txt", 5),
];

/** The parts of a page that must be equal. */
function comparable(xml: string, { version, encode }: Question): unknown {
  const { keys, groups, truncated, field } = readListing(xml, encode);
  // A common prefix has a <Prefix> too, and some servers leave out the request's prefix if it is empty.
  const ownPrefix = readListing(xml.replace(/<CommonPrefixes>.*?<\/CommonPrefixes>/gs, "")).field("Prefix");
  const sizes = [...xml.matchAll(/<Size>(\d+)<\/Size>/g)].map((match) => match[1]);
  return {
    files: keys.map((key, i) => `${key} ${sizes[i] ?? ""}`),
    groups,
    truncated,
    keyCount: field("KeyCount") ?? "",
    prefix: version === 1 && encode ? "" : (ownPrefix ?? ""),
    delimiter: field("Delimiter") ?? "",
    maxKeys: field("MaxKeys") ?? "",
    nextMarker: version === 1 ? "" : (field("NextMarker") ?? ""),
    hasToken: field("NextContinuationToken") !== undefined,
  };
}

/** All pages of a listing. */
async function pages(ask: (query: URLSearchParams) => Promise<string>, question: Question): Promise<unknown[]> {
  const { version, prefix, delimiter, after, maxKeys, encode } = question;
  const found: unknown[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ prefix, "max-keys": String(maxKeys) });
    if (delimiter !== "") query.set("delimiter", delimiter);
    if (encode) query.set("encoding-type", "url");
    if (version === 2) query.set("list-type", "2");
    if (version === 2 && next !== undefined) query.set("continuation-token", next);
    else if (next !== undefined || after !== "") query.set(version === 2 ? "start-after" : "marker", next ?? after);
    const xml = await ask(query);
    found.push(comparable(xml, question));
    const { truncated, field, keys } = readListing(xml, encode);
    next = truncated ? (version === 2 ? field("NextContinuationToken") : keys.at(-1)) : undefined;
  } while (next !== undefined && found.length < 200);
  return found;
}

const AFTER = [
  "",
  `${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2024-01-02`,
  fileKey(DEFAULT_DATASET, "BTCUSDT", dayOf("2024-01-02")),
  "zz",
];
const PLACES = [
  ["", ""],
  ["", "/"],
  [PREFIX, "/"],
  [`${PREFIX}BTCUSDT`, "/"],
  [`${PREFIX}BTCUSDT/1m/`, ""],
  [`${PREFIX}BTCUSDT/1m/`, "-"],
  [`${PREFIX}币安`, ""],
  ["nothing", ""],
] as const;
const questions = ([1, 2] as const).flatMap((version) =>
  PLACES.filter(([, delimiter]) => version === 2 || delimiter === "").flatMap(([prefix, delimiter]) =>
    AFTER.map((after) => ({ version, prefix, delimiter, after })),
  ),
);

describe.skipIf(version === undefined)("listings are as moto's", () => {
  let url: string;
  let moto: { stop: () => Promise<void> };
  const bucket = createBucket(listedHistory(files, foreignFiles));

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    moto = await startProgram("moto_server", ["-H", "127.0.0.1", "-p", String(port)], () => request(url));
    const put = async (path: string, body: Uint8Array): Promise<void> => {
      const { statusCode, body: answer } = await request(url + path, { method: "PUT", body });
      await answer.dump();
      expect([path, statusCode]).toEqual([path, 200]);
    };
    await put(`/${BUCKET}`, Buffer.alloc(0));
    const zips = files.flatMap(({ symbol, day }) => {
      return [DEFAULT_DATASET, UM_DAILY_KLINES_1D].map((dataset) => fileKey(dataset, symbol, day));
    });
    for (const zip of zips) {
      for (const key of [zip, `${zip}.CHECKSUM`]) {
        const { length } = bucket.answer({ method: "HEAD", target: keyPath(key) });
        await put(`/${BUCKET}${keyPath(key)}`, Buffer.alloc(length));
      }
    }
    for (const { key, size } of foreignFiles) await put(`/${BUCKET}${keyPath(key)}`, Buffer.alloc(size));
  });
  afterAll(() => moto.stop());

  it.each(questions)("v$version prefix $prefix delimiter $delimiter after $after", async (question) => {
    for (const maxKeys of [1, 2, 3, 7, 1000]) {
      for (const encode of [false, true]) {
        const listing = { ...question, maxKeys, encode };
        const ours = await pages((query) => {
          const answer = bucket.answer({ method: "GET", target: `/${BUCKET}?${query.toString()}` });
          return Promise.resolve(Buffer.from(answer.body()).toString());
        }, listing);
        const theirs = await pages(async (query) => {
          const { body } = await request(`${url}/${BUCKET}?${query.toString()}`);
          return await body.text();
        }, listing);
        expect({ listing, pages: ours }).toEqual({ listing, pages: theirs });
      }
    }
  });
});
