import { DuckDBInstance } from "@duckdb/node-api";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReader, openStore } from "../../src/store/open.js";
import { RunFile } from "../../src/store/run-file.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { ask, D0, dayUnit, writerFor } from "../support/store.js";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "sub", "it's.duckdb");
});
afterEach(() => {
  folder.remove();
});

async function create(): Promise<void> {
  const { store, writer } = await writerFor(file, ["BTCUSDT"]);
  await writer.commit([dayUnit(D0, [{ symbol: 0, size: 1 }])]);
  await store.close();
}

/** Runs DuckDB statements on a file, as another program would. */
async function otherwise(path: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

describe("openStore", () => {
  it("creates folder and file, and leaves nothing but its lock beside it", async () => {
    await create();
    expect(readdirSync(join(folder.path, "sub"))).toEqual([".it's.duckdb.lock", "it's.duckdb"]);
  });

  it.each([":memory:", "~/a.duckdb", "sqlite:a.duckdb", "md:a", "file:a.duckdb", "https://127.0.0.1:1/a"])(
    "takes %s for the path of a file, as the system does",
    async (name) => {
      const here = process.cwd();
      process.chdir(folder.path);
      try {
        file = name;
        await create();
        expect(existsSync(join(folder.path, name))).toBe(true);
        const store = await openReader(name);
        expect(await ask(store, "SELECT count(*) FROM daily_availability")).toEqual([["1"]]);
        await store.close();
        expect(readdirSync(dirname(join(folder.path, name))).sort()).toEqual([
          `.${basename(name)}.lock`,
          basename(name),
        ]);
      } finally {
        process.chdir(here);
      }
    },
  );

  it("takes a DuckDB file without tables for a new one", async () => {
    file = join(folder.path, "empty.duckdb");
    await otherwise(file, "CHECKPOINT");
    await create();
    const store = await openReader(file);
    expect(await ask(store, "SELECT count(*) FROM daily_availability")).toEqual([["1"]]);
    await store.close();
  });

  it("continues with what a killed process had committed, which readers don't see until then", async () => {
    await create();
    await killed(
      `import { openStore } from ${JSON.stringify(new URL("../../dist/src/store/open.js", import.meta.url).href)};
        const store = await openStore(process.argv[1]);
        await store.connection.run("INSERT INTO symbols VALUES ('A', 'perpetual', '', now(), now(), NULL)");
        process.kill(process.pid, "SIGKILL");`,
    );
    const reader = await openReader(file);
    expect(await ask(reader, "SELECT symbol FROM symbols")).toEqual([]);
    await reader.close();
    const store = await openStore(file);
    expect(await ask(store, "SELECT symbol FROM symbols")).toEqual([["A"]]);
    await store.close();
    expect(await rowsOf(file, "SELECT symbol FROM symbols")).toEqual([["A"]]);
    expect(readdirSync(dirname(file))).toEqual([".it's.duckdb.lock", "it's.duckdb"]);
  });

  it("leaves alone a run on another file whose name begins with that of its own folders", async () => {
    await create();
    const [own, other] = [file, `${file}.run-2025`];
    file = other;
    await create();
    const running = await openStore(other);
    await running.connection.run("INSERT INTO symbols VALUES ('A', 'perpetual', '', now(), now(), NULL)");
    const store = await openStore(own);
    await store.close();
    await running.close();
    expect(await rowsOf(other, "SELECT symbol FROM symbols")).toEqual([["A"]]);
    expect(await rowsOf(own, "SELECT symbol FROM symbols")).toEqual([]);
    expect(readdirSync(dirname(own)).filter((name) => name.includes("unpublished"))).toEqual([]);
  });

  it("finds committed rows in the log of somebody else's killed process", async () => {
    await create();
    await killedOtherwise("INSERT INTO symbols VALUES ('A', 'perpetual', '', now(), now(), NULL)");
    expect(existsSync(`${file}.wal`)).toBe(true);
    const reader = await openReader(file);
    expect(await ask(reader, "SELECT symbol FROM symbols")).toEqual([["A"]]);
    await reader.close();
    const store = await openStore(file);
    expect(await ask(store, "SELECT symbol FROM symbols")).toEqual([["A"]]);
    await store.close();
    expect(existsSync(`${file}.wal`)).toBe(false);
    expect(await rowsOf(file, "SELECT symbol FROM symbols")).toEqual([["A"]]);
  });

  it("counts anew when a killed process's log has rows that the counts lack, as half a log does", async () => {
    await create();
    await killedOtherwise("INSERT INTO availability SELECT * REPLACE (date + 1 AS date) FROM availability");
    const store = await openStore(file);
    expect(await ask(store, "SELECT count(*)::INTEGER FROM daily_symbol_counts")).toEqual([[2]]);
    await store.close();
    expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });
});

/** Runs a script on the file that kills its own process. */
async function killed(script: string): Promise<void> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script, file], { stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
}

/** Runs a DuckDB statement on the file in another program's process, which kills itself. */
async function killedOtherwise(statement: string): Promise<void> {
  await killed(
    `import { DuckDBInstance } from "@duckdb/node-api";
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      await connection.run(${JSON.stringify(statement)});
      process.kill(process.pid, "SIGKILL");`,
  );
}

describe("a file that can't be used is named and left alone", () => {
  async function rejected(code: string, message: RegExp): Promise<void> {
    const before = readFileSync(file);
    for (const open of [openStore, openReader]) {
      await expect(open(file)).rejects.toMatchObject({
        name: "StoreError",
        code,
        message: expect.stringMatching(message) as string,
      });
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  }

  it("a newer schema", async () => {
    await create();
    await otherwise(file, "UPDATE store_info SET schema_version = 99");
    await rejected("STORE_NEWER_SCHEMA", /schema version 99.*update binance-futures-availability/);
  });

  it("another program's DuckDB file", async () => {
    file = join(folder.path, "other.duckdb");
    await otherwise(file, "CREATE TABLE daily_availability (date DATE)");
    await rejected("STORE_FOREIGN", /bfa import/);
  });

  it("a file that isn't a DuckDB file, or is empty", async () => {
    file = join(folder.path, "text");
    for (const text of ["symbol,date\n".repeat(2000), "short", ""]) {
      writeFileSync(file, text);
      await rejected("STORE_NOT_DUCKDB", /not a complete DuckDB file/);
    }
  });

  it("a truncated file", async () => {
    await create();
    for (const bytes of [70_000, 13_000, 5_000]) {
      const handle = openSync(file, "r+");
      ftruncateSync(handle, bytes);
      closeSync(handle);
      await rejected("STORE_NOT_DUCKDB", /not a complete DuckDB file/);
    }
  });

  it("a file that another run has, for another run; readers continue", async () => {
    await create();
    const holder = await startHolder(
      `import { openStore } from ${JSON.stringify(new URL("../../dist/src/store/open.js", import.meta.url).href)};
        await openStore(process.argv[1]);`,
    );
    try {
      await expect(openStore(file)).rejects.toMatchObject({
        code: "STORE_LOCKED",
        message: expect.stringContaining(`in use by process ${String(holder.pid)}`) as string,
      });
      const reader = await openReader(file);
      expect(await ask(reader, "SELECT count(*) FROM daily_availability")).toEqual([["1"]]);
      await reader.close();
    } finally {
      await end(holder);
    }
    await (await openStore(file)).close();
  });

  it("a file that another process has open for writing, with the process", async () => {
    await create();
    const holder = await startHolder(
      `import { DuckDBInstance } from "@duckdb/node-api";
        globalThis.kept = await DuckDBInstance.create(process.argv[1]);`,
    );
    try {
      await rejected("STORE_LOCKED", new RegExp(`in use by process ${String(holder.pid)}`));
    } finally {
      await end(holder);
    }
    await (await openStore(file)).close();
  });

  it("a file that was opened for writing after this process had closed a reader; the next run continues", async () => {
    await create();
    const { store, writer } = await writerFor(file, ["BTCUSDT"]);
    await writer.commit([dayUnit(D0 + 1, [{ symbol: 0, size: 1 }])]);
    // The system drops all locks of a process on a file when it closes any handle of it.
    await (await openReader(file)).close();
    const holder = await startHolder(
      `import { DuckDBInstance } from "@duckdb/node-api";
        globalThis.kept = await DuckDBInstance.create(process.argv[1]);`,
    );
    try {
      await expect(store.close()).rejects.toMatchObject({
        code: "STORE_LOCKED",
        message: expect.stringContaining(`in use by process ${String(holder.pid)}`) as string,
      });
    } finally {
      await end(holder);
    }
    await (await openStore(file)).close();
    expect(await rowsOf(file, "SELECT count(*)::INTEGER FROM daily_availability")).toEqual([[2]]);
  });

  /** Starts a process that opens the file and keeps it open. */
  async function startHolder(script: string) {
    const holder = spawn(
      process.execPath,
      ["--input-type=module", "--eval", `${script} console.log("open"); setInterval(() => undefined, 1000);`, file],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    return holder;
  }

  async function end(holder: ChildProcess): Promise<void> {
    holder.kill();
    await once(holder, "exit");
  }

  it("a file that is replaced between the opening and the first write; the other file stays as it is", async () => {
    await create();
    const other = join(folder.path, "other.duckdb");
    copyFileSync(file, other);
    const bytes = readFileSync(other);
    const run = await RunFile.open(file);
    renameSync(other, file);
    await expect(run.forWriting()).rejects.toMatchObject({
      code: "STORE_UNUSABLE",
      message: `${file} was replaced during this run: it has written nothing; run it again`,
    });
    await run.close();
    expect(readFileSync(file)).toEqual(bytes);
    expect(readdirSync(dirname(file))).toEqual([".it's.duckdb.lock", "it's.duckdb"]);
    await (await openStore(file)).close();
  });

  it("no file, for a reader", async () => {
    await expect(openReader(file)).rejects.toMatchObject({
      code: "STORE_MISSING",
      message: expect.stringMatching(/bfa update/) as string,
    });
    expect(existsSync(file)).toBe(false);
  });

  it("a folder that can't be created", async () => {
    writeFileSync(join(folder.path, "sub"), "a file where the folder should be");
    await expect(openStore(file)).rejects.toMatchObject({ code: "STORE_UNUSABLE" });
  });
});
