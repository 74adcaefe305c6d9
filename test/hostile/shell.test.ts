import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";
import { openStore } from "../../src/store/open.js";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, runCli, startCli } from "../support/cli.js";
import { rowsOf, soundness, tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { startRawServer, status } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { listing } from "../support/list-page-faults.js";

const day = dayAt(Date.now()) - 10;
const { history, source } = syntheticWorld({ seed: 17, symbols: 12, from: day - 30, through: day });
const symbols = history.folders.map(({ symbol }) => symbol);

const it = replicaTest({ history: source });

const update = ["update", "--date", formatDay(day), "--symbols", symbols.join(",")];

describe.skipIf(process.platform === "win32")("a reader that goes away", () => {
  it("of messages doesn't end the work", async ({ folder, db, start }) => {
    const { child, done } = start(...update, "--log-level", "debug", "--json");
    child.stderr.destroy();
    const { code, signal, stdout } = await done;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect((JSON.parse(stdout) as RunSummary).outcome).toBe("whole");
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
    expect(readdirSync(folder)).toEqual([".a.duckdb.lock", "a.duckdb"]);
  });

  it("of the summary doesn't end the work", async ({ db, start }) => {
    const { child, done } = start(...update);
    child.stdout.destroy();
    expect((await done).code).toBe(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
  });

  it("of rows has seen enough", async ({ db, start }) => {
    await (await openStore(db)).close();
    const { child, done } = start("query", "sql", "SELECT repeat('x', 100) FROM range(50000)");
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await done).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it("never existed: stdin, stdout and stderr are closed", async ({ db, env }) => {
    const closed = spawnSync("sh", ["-c", 'exec "$@" <&- >&- 2>&-', "sh", process.execPath, CLI, ...update], {
      env: { ...process.env, ...env },
    });
    expect(closed.status).toBe(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
  });
});

describe.skipIf(process.platform !== "linux")("a full device", () => {
  function into(env: NodeJS.ProcessEnv, stream: 1 | 2, ...args: string[]) {
    const command = ["-c", `exec "$@" ${stream}>/dev/full`, "sh", process.execPath, CLI, ...args];
    return spawnSync("sh", command, { env: { ...process.env, ...env }, encoding: "utf8" });
  }

  it("for the results is reported in one line, with exit code 3", ({ env }) => {
    for (const args of [update, ["query", "counts"], ["--help"]]) {
      const { status, stderr } = into(env, 1, ...args, ...(args === update ? ["--json"] : []));
      // The answer first says which condition it rests on.
      const errors = stderr.split("\n").filter((line) => /^bfa: (?!provisional: )/.test(line));
      expect({ status, errors }, stderr).toEqual({
        status: 3,
        errors: [expect.stringMatching(/^bfa: the output can't be written: .*ENOSPC/)],
      });
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });

  it("for messages doesn't end the work", async ({ db, env }) => {
    expect(into(env, 2, ...update).status).toBe(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, day, day));
  });
});

describe("a name that would move the cursor", () => {
  const name = "no\u001b[2J\u009b31m\u202e.duckdb";
  it("is made harmless wherever it is given", async ({ folder, db, env }) => {
    await (await openStore(db)).close();
    const commands = [
      ["query", "counts", "--db", name],
      ["import", name],
      ["update", "--symbols-file", name],
      ["export", "--format", "csv", "--out", `${name}/x`],
      ["query", "sql", `SELECT "${name}"`],
    ];
    for (const args of commands) {
      const { code, stderr } = await runCli(args, env, folder);
      expect([2, 3], stderr).toContain(code);
      expect(stderr).toContain("no\\u");
      expect(stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe("Ctrl-C during planning", () => {
  it("ends the run after the page in hand, before any probe, and reveals no secret", async ({ folder, db }) => {
    const waitingSockets: TLSSocket[] = [];
    const server = await startRawServer((socket, head) => {
      if (head.startsWith("POST ")) socket.write(status(404));
      else waitingSockets.push(socket);
    });
    try {
      const ca = join(folder, "slow.pem");
      writeFileSync(ca, server.ca);
      const where = ["--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca];
      const hook = `${server.url}/hook/t0ken?k=t0ken`;
      const running = startCli(["update", "--json", ...where, "--notify", hook], { BFA_DB: db });
      await server.received(1);
      const planned = new Promise<void>((resolve) => {
        let text = "";
        running.child.stderr.on("data", (chunk: string) => {
          text += chunk;
          if (text.includes("finishing the current units")) resolve();
        });
      });
      running.child.kill("SIGINT");
      await planned;
      const prefix = "data/futures/um/daily/klines/BTCUSDT/";
      const page = listing(`<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`, 1);
      for (const socket of waitingSockets)
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
      const { code, stdout, stderr } = await running.done;
      expect(code, stderr).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "interrupted", probes: 0, rows_written: 0 });
      expect(stderr).toContain("continue with: bfa update");
      expect(stderr).toContain(`${server.url}/***`);
      expect(stdout + stderr).not.toContain("t0ken");
      expect(server.requests.filter((head) => head.startsWith("GET "))).toHaveLength(1);
      expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
      expect(await rowsOf(db, "SELECT symbol FROM symbols")).toEqual([["BTCUSDT"]]);
    } finally {
      await server.close();
    }
  });
});
