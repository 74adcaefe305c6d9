import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET } from "../../src/replica/bucket.js";
import { startReplica, type Replica } from "../../src/replica/replica.js";
import { dayOf } from "../../src/calendar/day.js";
import { fileKey } from "../../src/vision/object-key.js";
import { file, foreign } from "../support/replica.js";
import { announce, versionOf } from "./programs.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { UM_DAILY_KLINES_1D } from "../../src/vision/datasets/um-klines-1d.js";

/*
 * The aws client against the replica over TLS with the replica's CA; tested with aws-cli 1.45.11, botocore 1.43.11. It
 * pages through listings by itself (v2 with tokens, v1 with markers), compares the length of its downloads, and reads
 * every field as S3 clients do. TZ is UTC, because `aws s3 ls` prints local time.
 */
const version = versionOf("aws", ["--version"]);
announce("aws", version);

const PREFIX = "data/futures/um/daily/klines/";
const SYMBOLS = ["BTCUSDT", "BTCUSDT_240329", "ICPUSDT_SETTLED", "币安人生USDT"];
const files = SYMBOLS.flatMap((symbol, s) =>
  Array.from({ length: 400 }, (_, i) => ({
    ...file(symbol, "2022-01-01", 7_400 + i),
    day: dayOf("2022-01-01") + i,
    lastModified: Date.UTC(2022, 0, 2 + i, 9, s, i % 60),
  })),
);
const junk = [foreign(`${PREFIX}BTCUSDT//`), foreign(`${PREFIX}part-00000-6b1c2a44.zip`, 1_214)];
/** Months that are over by the upload of the last file. */
const MONTHS = [...Array.from({ length: 12 }, (_, i) => `2022-${String(i + 1).padStart(2, "0")}`), "2023-01"];
const zips = [
  ...files.flatMap(({ symbol, day }) => {
    return [DEFAULT_DATASET, UM_DAILY_KLINES_1D].map((dataset) => fileKey(dataset, symbol, day));
  }),
  ...SYMBOLS.flatMap((symbol) => {
    return MONTHS.map((month) => `data/futures/um/monthly/klines/${symbol}/1d/${symbol}-1d-${month}.zip`);
  }),
];
const sorted = [...zips, ...zips.map((key) => `${key}.CHECKSUM`), ...junk.map(({ key }) => key)].sort((a, b) =>
  Buffer.compare(Buffer.from(a), Buffer.from(b)),
);

interface Listed {
  Contents?: { Key: string; Size: number; LastModified: string; ETag: string }[];
  CommonPrefixes?: { Prefix: string }[];
}

describe.skipIf(version === undefined)("the aws client on the replica", () => {
  let place: string;
  let replica: Replica;

  beforeAll(async () => {
    replica = await startReplica({ history: { type: "listed", files, foreign: junk } });
    place = await mkdtemp(join(tmpdir(), "bfa-aws-"));
    await writeFile(join(place, "ca.pem"), replica.ca);
  });
  afterAll(async () => {
    await replica.close();
    await rm(place, { recursive: true });
  });

  async function aws(...args: string[]): Promise<string> {
    const common = ["--endpoint-url", replica.url, "--no-sign-request", "--region", "ap-northeast-1"];
    const { stdout } = await promisify(execFile)("aws", [...args, ...common], {
      env: { ...process.env, AWS_CA_BUNDLE: join(place, "ca.pem"), TZ: "UTC", AWS_CONFIG_FILE: "/dev/null" },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
  const api = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await aws("s3api", ...args, "--bucket", BUCKET, "--output", "json")) || "{}");

  it("aws s3 ls --recursive prints every key with its size and time", async () => {
    const lines = (await aws("s3", "ls", `s3://${BUCKET}/${PREFIX}`, "--recursive")).trimEnd().split("\n");
    expect(lines.map((line) => line.slice(31))).toEqual(sorted.filter((key) => key.startsWith(PREFIX)));
    const first = files[0];
    const time = first && new Date(first.lastModified).toISOString().slice(0, 19).replace("T", " ");
    expect(lines).toContain(`${time ?? ""}       7400 ${PREFIX}BTCUSDT/1m/BTCUSDT-1m-2022-01-01.zip`);
  });

  it("aws s3 ls prints the folders", async () => {
    const lines = (await aws("s3", "ls", `s3://${BUCKET}/${PREFIX}`)).trimEnd().split("\n");
    const folders = lines.filter((line) => line.includes("PRE ")).map((line) => line.trim().slice(4));
    expect(folders).toEqual(SYMBOLS.map((symbol) => `${symbol}/`));
  });

  it.each(["list-objects", "list-objects-v2"])("%s pages through everything", async (command) => {
    for (const size of ["1000", "300"]) {
      const { Contents = [] } = (await api(command, "--page-size", size)) as Listed;
      expect(Contents.map(({ Key }) => Key)).toEqual(sorted);
      const sizes = new Map(Contents.map((item) => [item.Key, item]));
      for (const { symbol, day, size: bytes, lastModified } of files) {
        const item = sizes.get(fileKey(DEFAULT_DATASET, symbol, day));
        expect([item?.Size, Date.parse(item?.LastModified ?? "")]).toEqual([bytes, lastModified]);
      }
    }
    const grouped = (await api(command, "--prefix", PREFIX, "--delimiter", "/", "--page-size", "2")) as Listed;
    expect(grouped.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(SYMBOLS.map((symbol) => `${PREFIX}${symbol}/`));
    expect(grouped.Contents?.map(({ Key }) => Key)).toEqual([`${PREFIX}part-00000-6b1c2a44.zip`]);
  });

  it("start-after and marker begin after a key", async () => {
    const after = fileKey(DEFAULT_DATASET, "BTCUSDT", dayOf("2022-12-31"));
    const expected = sorted.slice(sorted.indexOf(after) + 1);
    const v2 = (await api("list-objects-v2", "--start-after", after)) as Listed;
    expect(v2.Contents?.map(({ Key }) => Key)).toEqual(expected);
    const v1 = (await api("list-objects", "--marker", after, "--no-paginate")) as Listed;
    expect(v1.Contents?.map(({ Key }) => Key)).toEqual(expected.slice(0, 1000));
  });

  it("head-object and cp agree with the listing and the checksum", async () => {
    const key = fileKey(DEFAULT_DATASET, "币安人生USDT", dayOf("2022-02-01"));
    const head = (await api("head-object", "--key", key)) as Record<string, unknown>;
    const { Contents } = (await api("list-objects-v2", "--prefix", key)) as Listed;
    expect([head["ContentLength"], head["ETag"]]).toEqual([Contents?.[0]?.Size, Contents?.[0]?.ETag]);
    expect(Date.parse(String(head["LastModified"]))).toBe(Date.parse(Contents?.[0]?.LastModified ?? ""));
    for (const name of [key, `${key}.CHECKSUM`]) await aws("s3", "cp", `s3://${BUCKET}/${name}`, place);
    const zip = await readFile(join(place, "币安人生USDT-1m-2022-02-01.zip"));
    const checksum = await readFile(join(place, "币安人生USDT-1m-2022-02-01.zip.CHECKSUM"), "utf8");
    expect(checksum.split(" ")[0]).toBe(createHash("sha256").update(zip).digest("hex"));
  });

  it("errors have the names that S3 gives them", async () => {
    await expect(api("head-object", "--key", "none")).rejects.toThrow("(404)");
    await expect(aws("s3api", "get-object", "--bucket", BUCKET, "--key", "none", join(place, "x"))).rejects.toThrow(
      "(NoSuchKey)",
    );
    await expect(aws("s3api", "list-objects-v2", "--bucket", "another-bucket")).rejects.toThrow("(NoSuchBucket)");
  });
});
