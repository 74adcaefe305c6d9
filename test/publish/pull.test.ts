import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync, existsSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { compare } from "../../src/publish/compare.js";
import type { Manifest } from "../../src/publish/manifest.js";
import { publish } from "../../src/publish/publish.js";
import { pull } from "../../src/publish/pull.js";
import { sharedCertificate } from "../support/certificate.js";
import { runCli, startCli } from "../support/cli.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { withFolderServer, type Intercept } from "../../bench/servers/folder-server.js";
import { D0, dayUnit, LATE, writerFor } from "../support/store.js";
import { writeVolumes } from "../support/volumes.js";

const SYMBOLS = ["AAAUSDT", "BBBUSDC", "币安人生USDT"];

/** A store and its publication, a store that pulled it, and the publication of a day later, for tests to copy. */
let made: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  made = temporaryFolder();
  const [file, first] = [join(made.path, "a.duckdb"), join(made.path, "public")];
  await add(file, [D0, D0 + 1, D0 + 2]);
  await publish(file, first);
  await pull(first, join(made.path, "own", "mine.duckdb"));
  const later = join(made.path, "later.duckdb");
  cpSync(file, later);
  await add(later, [D0 + 3]);
  await publish(later, join(made.path, "later"));
});
afterAll(() => {
  made.remove();
});

let folder: string;
let db: string;
let out: string;
let own: string;
beforeEach(() => {
  const temporary = temporaryFolder();
  folder = temporary.path;
  [db, out, own] = [join(folder, "a.duckdb"), join(folder, "public"), join(folder, "own", "mine.duckdb")];
  onTestFinished(temporary.remove);
  cpSync(join(made.path, "a.duckdb"), db);
  cpSync(join(made.path, "public"), out, { recursive: true });
});

/** Puts the store that pulled the publication where the test pulls to. */
function havePulled(): void {
  cpSync(join(made.path, "own"), join(folder, "own"), { recursive: true });
}

/** The file of a day's volumes, and the span of that day. */
const VOLUME_FILE = `
  INSERT INTO volume_files VALUES
    ('AAAUSDT', 'daily', '2024-03-02', '2024-03-02', 1, '2024-03-03', NULL, true, 0, '2025-01-01');
  INSERT INTO volume_spans VALUES ('AAAUSDT', '2024-03-02', '2024-03-02', '2025-01-01')`;

/** Replaces the publication with the one of a day later. */
function publishLater(): void {
  cpSync(join(made.path, "later"), out, { recursive: true });
}

/** Adds rows of all symbols on some days. */
async function add(file: string, days: readonly number[], size = 31_000, probedAt = LATE): Promise<void> {
  const { store, writer } = await writerFor(file, SYMBOLS);
  const cells = SYMBOLS.map((_, symbol) => ({ symbol, size: size + symbol, probedAt }));
  await writer.commit(days.map((day) => dayUnit(day, cells)));
  await writer.close();
  await store.close();
}

async function change(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Changes the published database and puts its new checksum into the manifest, as an attacker could. */
async function tamper(sql: string): Promise<void> {
  const database = join(out, "availability.duckdb");
  await change(database, sql);
  const sha256 = createHash("sha256").update(readFileSync(database)).digest("hex");
  const bytes = statSync(database).size;
  const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as Manifest;
  const files = manifest.files.map((file) => (file.path === "availability.duckdb" ? { ...file, sha256, bytes } : file));
  writeFileSync(join(out, "manifest.json"), JSON.stringify({ ...manifest, files }));
}

const filesIn = (path: string) => readdirSync(path).sort();
const OWN_FILES = [".mine.duckdb.lock", "mine.duckdb"];
const databaseBytes = () => statSync(join(out, "availability.duckdb")).size;

/** Sizes of the parts of the database that pulls have fetched so far. */
function arrived(): number[] {
  const parent = join(folder, "own");
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith("part.duckdb"))
    .map((name) => statSync(join(parent, name)).size);
}

/** Answers the first request for the database with a part of it, and ends the connection once the part has arrived. */
function brokenAfter(bytes: number): Intercept {
  let isBroken = false;
  return (request, response) => {
    if (isBroken || request.url !== "/availability.duckdb") return false;
    isBroken = true;
    response.writeHead(200, { "content-length": String(databaseBytes()) });
    response.write(readFileSync(join(out, "availability.duckdb")).subarray(0, bytes));
    const timer = setInterval(() => {
      if (arrived()[0] !== bytes) return;
      clearInterval(timer);
      response.destroy();
    }, 5);
    return true;
  };
}

describe("pull", () => {
  it("turns a folder into a store, which publishes the same bytes again", async () => {
    expect(await pull(out, own)).toEqual({
      ...{ source: out, file: own, row_count: 9, bytes: databaseBytes(), fetched_bytes: databaseBytes(), notices: [] },
    });
    expect((await compare(out, own)).facts).toMatchObject({ outcome: "same", other_probe_time_count: 0 });
    expect(await soundness(own)).toEqual({ wrongCounts: 0, duplicates: 0 });
    expect(filesIn(join(folder, "own"))).toEqual(OWN_FILES);
    await publish(own, join(folder, "again"));
    const text = (path: string) => readFileSync(join(path, "manifest.json"), "utf8");
    expect(text(join(folder, "again"))).toBe(text(out));
  });

  it("accepts a URL with or without a slash", async () => {
    await withFolderServer(folder, async (url, requests) => {
      await pull(`${url}/public`, own);
      await pull(`${url}/public/`, own);
      const paths = ["/public/manifest.json", "/public/availability.duckdb"];
      expect(requests.map(({ path }) => path)).toEqual([...paths, ...paths]);
    });
    expect((await compare(out, own)).facts.outcome).toBe("same");
  });

  it("trusts a given authority, and no other", async () => {
    const { key, cert, ca } = await sharedCertificate();
    const server = createServer({ key, cert }, (request, response) => {
      response.end(readFileSync(join(out, request.url ?? "")));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await expect(pull(url, own)).rejects.toMatchObject({ code: "PUBLICATION_UNREACHABLE" });
      await pull(url, own, { ca });
    } finally {
      server.close();
    }
    expect((await compare(out, own)).facts.outcome).toBe("same");
  });

  it("follows the redirects of a release", async () => {
    const elsewhere: Intercept = (request, response) => {
      const [, name] = /^\/releases\/(.*)/.exec(request.url ?? "") ?? [];
      if (name === undefined) return false;
      response.writeHead(302, { location: `/${name}` }).end();
      return true;
    };
    await withFolderServer(out, (url) => pull(`${url}/releases`, own), elsewhere);
    expect((await compare(out, own)).facts.outcome).toBe("same");
  });

  it.each(["https", "HTTPS"])("doesn't follow a redirect from %s: to http", async (scheme) => {
    const { key, cert, ca } = await sharedCertificate();
    await withFolderServer(out, async (plain, requests) => {
      const server = createServer({ key, cert }, (request, response) => {
        response.writeHead(302, { location: plain + String(request.url) }).end();
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      try {
        const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
        await expect(pull(url, own, { ca })).rejects.toThrow("redirects to an address that is not followed");
        expect(requests).toEqual([]);
      } finally {
        server.close();
      }
    });
  });

  it("gives up on endless redirects", async () => {
    const round: Intercept = (_, response) => {
      response.writeHead(302, { location: "/again" }).end();
      return true;
    };
    await withFolderServer(
      out,
      async (url) => {
        await expect(pull(url, own)).rejects.toThrow("redirects more than 5 times");
      },
      round,
    );
  });

  it("continues with a range request when the connection breaks", async () => {
    await withFolderServer(
      out,
      async (url, requests) => {
        expect(await pull(url, own)).toMatchObject({ fetched_bytes: databaseBytes() });
        expect(requests.map(({ range }) => range)).toEqual(["", "", "bytes=70000-"]);
      },
      brokenAfter(70_000),
    );
    expect((await compare(out, own)).facts.outcome).toBe("same");
  });

  it("continues what an interrupted one began", async () => {
    let waits = true;
    let child: ReturnType<typeof startCli> | undefined;
    const hangs: Intercept = (request, response) => {
      if (!waits || request.url !== "/availability.duckdb") return false;
      response.writeHead(200, { "content-length": String(databaseBytes()) });
      response.write(readFileSync(join(out, "availability.duckdb")).subarray(0, 70_000));
      return true;
    };
    await withFolderServer(
      out,
      async (url, requests) => {
        child = startCli(["pull", url, "--db", own]);
        await expect.poll(arrived).toEqual([70_000]);
        child.child.kill("SIGINT");
        expect(await child.done).toMatchObject({ code: 130 });
        expect(existsSync(own)).toBe(false);
        waits = false;
        expect(await pull(url, own)).toMatchObject({ fetched_bytes: databaseBytes() - 70_000 });
        expect(requests.at(-1)).toMatchObject({ path: "/availability.duckdb", range: "bytes=70000-" });
      },
      hangs,
    );
    expect(filesIn(join(folder, "own"))).toEqual(OWN_FILES);
  });

  it("refuses a wrong checksum, leaves the existing store, and starts from scratch next time", async () => {
    havePulled();
    const before = readFileSync(own);
    const database = join(out, "availability.duckdb");
    const good = readFileSync(database);
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(5000) ^ 1, 5000);
    writeFileSync(database, bad);
    await withFolderServer(out, async (url) => {
      const error = { code: "PUBLICATION_DAMAGED", message: expect.stringContaining("has the SHA-256") as string };
      await expect(pull(url, own)).rejects.toMatchObject(error);
      expect(readFileSync(own).equals(before)).toBe(true);
      expect(filesIn(join(folder, "own"))).toEqual(OWN_FILES);
      writeFileSync(database, good);
      expect(await pull(url, own)).toMatchObject({ fetched_bytes: good.length });
    });
  });

  it("refuses more bytes than the manifest says", async () => {
    const endless: Intercept = (request, response) => {
      if (request.url !== "/availability.duckdb") return false;
      response.writeHead(200).end(Buffer.alloc(databaseBytes() + 1));
      return true;
    };
    await withFolderServer(
      out,
      async (url) => {
        await expect(pull(url, own)).rejects.toThrow("is longer than");
      },
      endless,
    );
    expect(existsSync(own)).toBe(false);
  });

  it("says that a part is kept only when it is", async () => {
    const absent: Intercept = (request, response) => {
      if (request.url !== "/availability.duckdb") return false;
      response.writeHead(404).end();
      return true;
    };
    const broken = brokenAfter(70_000);
    const failsWith = async (intercept: Intercept, message: RegExp) => {
      await withFolderServer(out, (url) => expect(pull(url, own)).rejects.toThrow(message), intercept);
    };
    await failsWith(absent, /answers 404$/);
    await failsWith(
      (request, response) => broken(request, response) || absent(request, response),
      /answers 404; the part fetched so far is kept, and the next pull continues from it$/,
    );
  });

  it.each([
    [404, "answers 404"],
    [403, "answers 403"],
  ])("says that a server answers %s", async (status, reason) => {
    const refuses: Intercept = (_, response) => {
      response.writeHead(status).end();
      return true;
    };
    await withFolderServer(
      out,
      async (url, requests) => {
        await expect(pull(url, own)).rejects.toMatchObject({
          code: "PUBLICATION_UNREACHABLE",
          message: expect.stringContaining(reason) as string,
        });
        expect(requests).toHaveLength(1);
      },
      refuses,
    );
  });

  it("retries when a server is busy", async () => {
    let busy = 2;
    const sometimes: Intercept = (_, response) => {
      if (busy-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    await withFolderServer(out, (url) => pull(url, own), sometimes);
    expect((await compare(out, own)).facts.outcome).toBe("same");
  });

  it.each([
    ["a view in place of a table", "DROP TABLE units; CREATE VIEW units AS SELECT 1", "is not this package's own"],
    ["wrong counts", "UPDATE daily_symbol_counts SET available_count = 2", "3 days have counts that differ"],
    ["fewer rows", "DELETE FROM availability WHERE symbol = 'AAAUSDT'", "it has 6 rows, but its manifest has 9"],
    [
      "a row that is not an answer",
      "UPDATE availability SET status_code = 503",
      "9 rows can't be answers of the bucket",
    ],
    [
      "a name that is not a symbol",
      "UPDATE availability SET symbol = '../x' WHERE symbol = 'AAAUSDT'",
      '"../x" is not a symbol',
    ],
    ["a cell twice", "UPDATE availability SET symbol = 'AAAUSDT' WHERE symbol = 'BBBUSDC'", "3 cells appear twice"],
  ])("refuses a database with %s", async (_, sql, reason) => {
    await tamper(sql);
    await expect(pull(out, own)).rejects.toThrow(reason);
    expect(existsSync(own)).toBe(false);
  });

  it("takes over rows and nothing else", async () => {
    await tamper("CREATE TABLE bait (x INTEGER); CREATE VIEW trap AS SELECT * FROM bait");
    await pull(out, own);
    const tables = await rowsOf(own, "SELECT table_name FROM information_schema.tables");
    expect(tables.flat()).not.toContain("bait");
    expect(tables.flat()).not.toContain("trap");
  });

  it("updates an older store and keeps what its user made in it", async () => {
    havePulled();
    await change(own, "CREATE TABLE notes AS SELECT 'mine' AS text");
    publishLater();
    await pull(out, own);
    expect((await compare(out, own)).facts).toMatchObject({ outcome: "same", b_cell_count: 12 });
    expect(await rowsOf(own, "SELECT text FROM notes")).toEqual([["mine"]]);
  });

  it("says in one line that a user's table keeps ours from being replaced, and changes and leaves nothing", async () => {
    havePulled();
    const refers = "CREATE TABLE refers (date DATE REFERENCES daily_symbol_counts (date))";
    await change(own, `${refers}; INSERT INTO refers SELECT date FROM daily_symbol_counts LIMIT 1`);
    publishLater();
    const before = readFileSync(own);
    await expect(pull(out, own)).rejects.toMatchObject({
      code: "STORE_FOREIGN",
      message: expect.stringMatching(
        /^a table in .* has a foreign key to one of this package's tables.*: drop it$/,
      ) as string,
    });
    expect(readFileSync(own).equals(before)).toBe(true);
    // Another try would fail too, so the download isn't kept.
    expect(filesIn(join(folder, "own"))).toEqual(OWN_FILES);
  });

  it.each([
    ["has rows that the publication lacks", D0 + 9, LATE],
    ["was probed later", D0, LATE + 1000],
  ])("leaves a store alone that %s", async (_, day, probedAt) => {
    havePulled();
    await add(own, [day], 31_000, probedAt);
    const before = readFileSync(own);
    await expect(pull(out, own)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("would lose data: 3 of its cells") as string,
    });
    expect(readFileSync(own).equals(before)).toBe(true);
  });

  it("brings volumes, and leaves a store alone that has more of them", async () => {
    const addVolumes = async (file: string, from: number) => {
      const { store } = await writerFor(file, SYMBOLS);
      await writeVolumes(store, [{ symbol: "AAAUSDT", from, bars: [1000, 2000] }]);
      await store.connection.run(
        `INSERT INTO volume_files SELECT symbol, 'daily', from_date, to_date, 1, known_at, NULL, true, 2, known_at
          FROM volume_spans WHERE from_date = DATE '1970-01-01' + ${from}`,
      );
      await store.close();
    };
    await addVolumes(db, D0);
    await publish(db, out);
    await pull(out, own);
    const bars = "SELECT symbol, date, quote_volume FROM daily_volumes ORDER BY ALL";
    expect(await rowsOf(own, bars)).toEqual(await rowsOf(db, bars));
    await addVolumes(own, D0 + 2);
    await expect(pull(out, own)).rejects.toThrow("would lose data: 1 file of volumes is not in");
  });

  it.each([
    [
      "a symbol that the publication lacks",
      "INSERT INTO symbols VALUES ('NEWUSDT', 'perpetual', 'USDT', now()::TIMESTAMP, now()::TIMESTAMP, NULL)",
      "1 symbol of it is not in",
    ],
    [
      "a later list of symbols",
      "UPDATE store_info SET symbols_discovered_at = '2026-01-02'",
      "its symbols were listed later than those of",
    ],
    [
      "a newer version of a file of volumes",
      "UPDATE volume_files SET fetched_at = fetched_at + INTERVAL 1 SECOND",
      "1 file of volumes is not in",
    ],
    [
      "a day without a bar that is known to have none",
      "UPDATE volume_spans SET to_date = to_date + 1",
      "1 day of known volumes is not in",
    ],
    [
      "a difference between files of volumes",
      "INSERT INTO volume_differences VALUES ('2024-03-01', 'AAAUSDT', 'open', 1, 2, now()::TIMESTAMP, 1)",
      "1 difference of volumes is not in",
    ],
  ])("leaves a store alone that has %s", async (_, sql, reason) => {
    await change(db, VOLUME_FILE);
    await publish(db, out);
    await pull(out, own);
    await change(own, sql);
    const before = readFileSync(own);
    await expect(pull(out, own)).rejects.toThrow(`would lose data: ${reason}`);
    expect(readFileSync(own).equals(before)).toBe(true);
  });

  it("takes a month's file of volumes for those of its days, unless it was fetched before them", async () => {
    await change(db, VOLUME_FILE);
    await publish(db, out);
    await pull(out, own);
    const monthly = "UPDATE volume_files SET source = 'monthly', from_date = '2024-03-01', to_date = '2024-03-31'";
    await change(db, `${monthly}, fetched_at = fetched_at - INTERVAL 1 SECOND`);
    await publish(db, out);
    await expect(pull(out, own)).rejects.toThrow("1 file of volumes is not in");
    await change(db, "UPDATE volume_files SET fetched_at = fetched_at + INTERVAL 1 SECOND");
    await publish(db, out);
    await pull(out, own);
    expect(await rowsOf(own, "SELECT source FROM volume_files")).toEqual([["monthly"]]);
  });

  it("refuses a folder that has no publication", async () => {
    await expect(pull(folder, own)).rejects.toThrow("has no manifest.json");
  });
});

describe("bfa pull", () => {
  it("says what it took over, and that http can be forged", async () => {
    await withFolderServer(out, async (url) => {
      const { code, stdout, stderr } = await runCli(["pull", url, "--db", own]);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^9 rows of http:\S+ in \S+mine\.duckdb, [\d.]+ [kM]B fetched\n$/) as string,
      });
      expect(stderr).toBe(`bfa: ${url} is not encrypted: its answers can be forged in transit\n`);
    });
    const json = JSON.parse((await runCli(["pull", out, "--db", own, "--json"])).stdout) as object;
    expect(json).toMatchObject({ source: out, file: own, row_count: 9, notices: [] });
  });
});
