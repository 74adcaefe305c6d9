import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Agent, request, type Dispatcher } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCertificate } from "../../src/replica/certificate.js";
import { checksumFile, klineZip } from "../../src/replica/kline-zip.js";
import { startReplica, type Replica } from "../../src/replica/replica.js";
import { fileKey, keyPath } from "../../src/vision/object-key.js";
import { dayOf } from "../../src/calendar/day.js";
import { startNginx, type Nginx } from "./nginx.js";
import { announce, versionOf } from "./programs.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/*
 * The replica compared with nginx, which serves the same files from disk; tested with nginx 1.22.1 (Debian 12).
 * Compared field by field over HTTP/1.1: status, Content-Length, Last-Modified, Content-Type, Accept-Ranges, the bytes
 * of a GET. Not compared: ETag (nginx makes it from time and size, S3 from the content, the replica from both), Server,
 * and the body of a 404 (HTML there, S3's XML here). nginx sends `Connection: keep-alive`, S3 and the replica don't.
 */
const version = versionOf("nginx", ["-v"]);
announce("nginx", version);

const files = ["BTCUSDT", "ETHUSDT", "币安人生USDT", "ICPUSDT_SETTLED"].flatMap((symbol, s) =>
  Array.from({ length: 25 }, (_, i) => ({
    symbol,
    day: dayOf("2024-01-01") + i,
    size: 7_400 + (((s * 25 + i) * 2_711) % 45_000),
    lastModified: Date.UTC(2024, 0, 2 + i, 8, 30, s * 17 + (i % 43)),
  })),
);

describe.skipIf(version === undefined)("HEAD and GET are as nginx's", () => {
  let place: string;
  let nginx: Nginx;
  let replica: Replica;
  let dispatcher: Agent;
  let nginxUrl: string;

  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), "bfa-nginx-"));
    for (const { symbol, day, size, lastModified } of files) {
      const key = fileKey(DEFAULT_DATASET, symbol, day);
      for (const [name, body] of [
        [key, klineZip(symbol, day, size)],
        [`${key}.CHECKSUM`, checksumFile(symbol, day, size)],
      ] as const) {
        const path = join(place, "files", name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, body);
        await utimes(path, lastModified / 1000, lastModified / 1000);
      }
    }
    const certificate = await createCertificate();
    dispatcher = new Agent({ connect: { ca: certificate.ca } });
    nginx = await startNginx(place, certificate);
    nginxUrl = nginx.url;
    replica = await startReplica({ certificate, history: { type: "listed", files } });
  });
  afterAll(async () => {
    await dispatcher.destroy();
    await replica.close();
    await nginx.stop();
    await rm(place, { recursive: true });
  });

  /** The fields that must be equal. */
  async function answer(url: string, method: Dispatcher.HttpMethod): Promise<unknown> {
    const { statusCode, headers, body } = await request(url, { method, dispatcher });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) return { statusCode };
    const fields = ["content-length", "last-modified", "content-type", "accept-ranges"];
    return { statusCode, bytes: bytes.toString("base64"), ...Object.fromEntries(fields.map((f) => [f, headers[f]])) };
  }

  it.each(["HEAD", "GET"] as const)("%s of 100 files, their checksums and 100 missing ones", async (method) => {
    for (const { symbol, day } of files) {
      for (const key of [
        fileKey(DEFAULT_DATASET, symbol, day),
        `${fileKey(DEFAULT_DATASET, symbol, day)}.CHECKSUM`,
        fileKey(DEFAULT_DATASET, symbol, day + 100),
      ]) {
        const path = keyPath(key);
        expect([path, await answer(replica.url + path, method)]).toEqual([path, await answer(nginxUrl + path, method)]);
      }
    }
  });
});
