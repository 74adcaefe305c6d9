import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";
import type { Replica } from "../../src/replica/replica.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, runCli, startCli } from "../support/cli.js";
import { rowsOf, soundness, tableOf, temporaryFolder } from "../support/database.js";
import { startRawServer } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { listing } from "./listing-faults.js";

const day = dayAt(Date.now()) - 10;
const options = { seed: 17, symbols: 12, from: day - 30, through: day };
const history = syntheticHistory(options);
const symbols = history.folders.map(({ symbol }) => symbol);

let replica: Replica;
let folder: ReturnType<typeof temporaryFolder>;
let db: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  replica = await startReplicaThread({ history: { type: "synthetic", ...options } });
});
afterAll(() => replica.close());
beforeEach(() => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  const ca = join(folder.path, "ca.pem");
  writeFileSync(ca, replica.ca);
  env = { BFA_DB: db, BFA_ENDPOINT: replica.url, BFA_LIST_ENDPOINT: replica.listUrl, BFA_CA: ca };
});
afterEach(() => {
  folder.remove();
});

const update = ["update", "--date", formatDay(day), "--symbols", symbols.join(",")];

describe.skipIf(process.platform === "win32")("a reader that goes away", () => {
  it("of the notices doesn't end the work", async () => {
    const { child, done } = startCli([...update, "--log-level", "debug", "--json"], env);
    child.stderr?.destroy();
    const { code, signal, stdout } = await done;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect((JSON.parse(stdout) as RunSummary).outcome).toBe("whole");
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
    expect(readdirSync(folder.path)).toEqual(["a.duckdb", "ca.pem"]);
  });

  it("of the summary doesn't end the work", async () => {
    const { child, done } = startCli(update, env);
    child.stdout?.destroy();
    expect((await done).code).toBe(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
  });

  it("of rows has seen enough", async () => {
    expect((await runCli(update, env)).code).toBe(0);
    const { child, done } = startCli(["query", "sql", "SELECT repeat('x', 100) FROM range(50000)"], env);
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await done).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it("was never there: stdin, stdout and stderr are closed", async () => {
    const closed = spawnSync("sh", ["-c", 'exec "$@" <&- >&- 2>&-', "sh", process.execPath, CLI, ...update], {
      env: { ...process.env, ...env },
    });
    expect(closed.status).toBe(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
  });
});

describe.skipIf(process.platform !== "linux")("a full device", () => {
  function into(stream: 1 | 2, ...args: string[]) {
    const command = ["-c", `exec "$@" ${stream}>/dev/full`, "sh", process.execPath, CLI, ...args];
    return spawnSync("sh", command, { env: { ...process.env, ...env }, encoding: "utf8" });
  }

  it("for the results is said in one line, with code 1", () => {
    for (const args of [update, ["query", "counts"], ["--help"]]) {
      const { status, stderr } = into(1, ...args, ...(args === update ? ["--json"] : []));
      expect({ status, said: stderr.split("\n").filter((line) => line.startsWith("bfa: ")) }, stderr).toEqual({
        status: 1,
        said: [expect.stringMatching(/^bfa: the output can't be written: .*ENOSPC/)],
      });
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });

  it("for the notices doesn't end the work", async () => {
    expect(into(2, ...update).status).toBe(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
  });
});

describe("a name that would move the cursor", () => {
  const name = "no\u001b[2J\u009b31m\u202e.duckdb";
  it("is shown harmless, wherever it was given", async () => {
    await runCli(update, env);
    const commands = [
      ["query", "counts", "--db", name],
      ["import", name],
      ["update", "--symbols-file", name],
      ["export", "--format", "csv", "--out", `${name}/x`],
      ["query", "sql", `SELECT "${name}"`],
    ];
    for (const args of commands) {
      const { code, stderr } = await runCli(args, env, folder.path);
      expect([2, 3], stderr).toContain(code);
      expect(stderr).toContain("no\\u");
      expect(stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe("Ctrl-C while a run is being planned", () => {
  it("ends it once the bucket is listed, before any probe", async () => {
    const asked: TLSSocket[] = [];
    const server = await startRawServer((socket) => asked.push(socket));
    try {
      const ca = join(folder.path, "slow.pem");
      writeFileSync(ca, server.ca);
      const where = ["--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca];
      const running = startCli(["update", "--json", ...where], { BFA_DB: db });
      await server.received(1);
      const said = new Promise<void>((resolve) => {
        let text = "";
        running.child.stderr?.on("data", (chunk: string) => {
          text += chunk;
          if (text.includes("finishing the units in hand")) resolve();
        });
      });
      running.child.kill("SIGINT");
      await said;
      const prefix = "data/futures/um/daily/klines/BTCUSDT/";
      const page = listing(`<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`, 1);
      for (const socket of asked) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
      const { code, stdout, stderr } = await running.done;
      expect(code, stderr).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "interrupted", probes: 0, rows_written: 0 });
      expect(stderr).toContain("go on with: bfa update");
      expect(server.requests).toHaveLength(1);
      expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
      expect(await rowsOf(db, "SELECT symbol FROM symbols")).toEqual([["BTCUSDT"]]);
    } finally {
      await server.close();
    }
  });
});
