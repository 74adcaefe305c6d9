import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { createCertificate } from "../../src/replica/certificate.js";
import {
  CLI,
  GRACE_MS,
  LIMIT_MS,
  listenTo,
  patient,
  runAlone,
  startCli,
  summaryOf,
  type CliResult,
  UNHURRIED,
} from "../support/cli.js";
import { replicaTest } from "../support/fixture.js";
import { available, startRawServer, status, type Behaviour, type RawServer } from "../support/raw-server.js";

const HISTORY = { seed: 5, symbols: 8, from: dayOf("2024-01-01"), through: dayOf("2024-01-20") };
const ONE_DAY = ["update", "--date", "2024-01-10", "--json"];
const ONE_CELL = ["update", "--date", "2024-01-10", "--symbols", "BTCUSDT", "--unlisted", "--source", "head"];

const it = replicaTest({ history: { type: "synthetic", ...HISTORY } });

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function rawServer(behave: Behaviour): Promise<RawServer> {
  const server = await startRawServer(behave);
  open.push(server.close);
  return server;
}

/** Whether this user may become another one, and start a process as the first one of a namespace. */
const may = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const mayChangeUser = may("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", "true");
const mayUnshare = may("unshare", "--pid", "--fork", "--kill-child", "true");

/** Runs the CLI in an environment that contains only what is given. */
function runBare(args: string[], env: NodeJS.ProcessEnv, user?: number) {
  const become = user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const [command = "", ...rest] = [...become, process.execPath, CLI, ...args];
  const { status: code, stdout, stderr } = spawnSync(command, rest, { env, cwd: "/", encoding: "utf8" });
  return { code, stdout, stderr };
}

describe("without a home folder", () => {
  const refusal = {
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^bfa: .*--?db.* home folder.*BFA_DB\)\n$/) as string,
  };

  it.runIf(mayChangeUser)("and with a user that the system doesn't know, help and --db work", ({ folder }) => {
    chmodSync(folder, 0o777);
    const asNobody = (...args: string[]) => runBare(args, {}, 12345);
    expect(asNobody("--help")).toMatchObject({ code: 0, stderr: "" });
    expect(asNobody("update", "--help")).toMatchObject({ code: 0, stderr: "" });
    expect(asNobody("status")).toMatchObject({ ...refusal, stderr: expect.stringContaining("BFA_DB") as string });
    expect(asNobody("update").stderr.split("\n")).toHaveLength(2);
    expect(asNobody("status", "--db", "/nowhere/a.duckdb").code).toBe(3);
  });

  it("an empty HOME falls back to the user's home folder", ({ folder }) => {
    expect(runBare(["--help"], {})).toMatchObject({ code: 0 });
    expect(runBare(["status"], { HOME: folder })).toMatchObject({ code: 3 });
  });
});

describe("what is trusted", () => {
  it("is what Node trusts: NODE_EXTRA_CA_CERTS, OpenSSL's store if requested, and --ca in addition", async ({
    env,
    ca,
    folder,
  }) => {
    const bare = { ...env, BFA_CA: undefined };
    const other = join(folder, "other.pem");
    writeFileSync(other, (await createCertificate()).ca);
    const cell = [...ONE_CELL, ...UNHURRIED, "--json", "--retries", "0"];
    const openssl = { NODE_OPTIONS: "--use-openssl-ca", SSL_CERT_FILE: ca };
    for (const trusting of [
      { NODE_EXTRA_CA_CERTS: ca },
      { NODE_EXTRA_CA_CERTS: ca, BFA_CA: other },
      { NODE_EXTRA_CA_CERTS: other, BFA_CA: ca },
      openssl,
      { ...openssl, BFA_CA: other },
    ]) {
      const trusted = await runAlone(cell, { ...bare, ...trusting });
      expect(trusted, JSON.stringify(trusting)).toMatchObject({ code: 0 });
      expect(summaryOf(trusted), JSON.stringify(trusting)).toMatchObject({ outcome: "whole", probes: 1 });
    }
    const untrusted = await runAlone(cell, { ...bare, BFA_CA: other });
    expect(summaryOf(untrusted)).toMatchObject({ failures: [{ kind: "tls" }] });
  });
});

describe("a request", () => {
  it("says who sends it", async ({ ca, bfa }) => {
    const server = await rawServer((socket, head) => socket.write(head.startsWith("HEAD") ? available() : status(404)));
    writeFileSync(ca, server.ca);
    await bfa(...ONE_CELL, "--endpoint", server.url);
    await bfa(
      "discover",
      "--endpoint",
      server.url,
      "--list-endpoint",
      server.url,
      "--adopt-endpoint",
      "--retries",
      "0",
    );
    expect(server.requests.map((head) => head.split(" ")[0])).toEqual(["HEAD", "GET"]);
    for (const head of server.requests) {
      expect(head).toMatch(/\r\nuser-agent: binance-futures-availability\/\d+\.\d+\.\d+(?:\r\n|$)/i);
    }
  });

  it("respects --max-requests-per-second over all threads", async ({ bfa, replica }) => {
    await bfa("discover");
    await replica.resetStats();
    const startedAt = performance.now();
    const limits = ["--max-requests-per-second", "10", "--threads", "2", "--source", "head"];
    const result = await bfa("backfill", "--from", "2024-01-10", "--to", "2024-01-12", "--json", ...limits);
    const summary = summaryOf(result);
    expect(summary).toMatchObject({ outcome: "whole" });
    // A tenth of a second's worth may go out immediately.
    expect(performance.now() - startedAt).toBeGreaterThan((summary.requests - 2) * 100);
  });
});

describe("retries", () => {
  it("are counted by kind, code and host even if they help, and the exit code is 0", async ({ ca, bfa }) => {
    let failures = 2;
    const server = await rawServer((socket) => socket.write(failures-- > 0 ? status(503) : available()));
    writeFileSync(ca, server.ca);
    const result = await bfa(...ONE_CELL, ...UNHURRIED, "--json", "--endpoint", server.url);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    const host = new URL(server.url).host;
    expect(summaryOf(result)).toMatchObject({
      retries: 2,
      retried: [{ kind: "status", code: "HTTP_503", host, count: 2 }],
    });
    failures = 1;
    const shown = await bfa(...ONE_CELL, ...UNHURRIED, "--endpoint", server.url);
    expect(shown).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(shown.stdout).toContain(`1 after status HTTP_503 from ${host}`);
  });

  it("that don't help end in exit code 1 and a hint, even with --quiet", async ({ ca, bfa }) => {
    const server = await rawServer((socket) => socket.write(status(500)));
    writeFileSync(ca, server.ca);
    const line = "bfa: 1 of 1 probe failed despite 1 retry: status HTTP_500 once. These cells stay due: run it again\n";
    for (const mode of [["--quiet"], ["--quiet", "--json"], ["--json"], []]) {
      const result = await bfa(...ONE_CELL, ...UNHURRIED, "--retries", "1", "--endpoint", server.url, ...mode);
      expect(result).toMatchObject({ code: 1, stderr: line });
      if (mode.join() === "--quiet") expect(result.stdout).toBe("");
    }
  });
});

describe("--log-level", () => {
  it("makes every line of stderr JSON, including errors that end the run", async ({ ca, bfa }) => {
    const server = await rawServer((socket) => socket.write(status(500)));
    writeFileSync(ca, server.ca);
    const log = async (...args: string[]) => {
      const { stderr, code } = await bfa(...ONE_CELL, ...UNHURRIED, "--retries", "0", "--log-level", "info", ...args);
      const lines = stderr
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { msg: string; level: number });
      return { code, messages: lines.map(({ msg }) => msg) };
    };
    const failed = await log("--endpoint", server.url.replace("127.0.0.1", "localhost"));
    expect(failed.code).toBe(1);
    expect(failed.messages).toEqual(expect.arrayContaining(["DNS warm", "planned", "probe failed", "run ended"]));
    const refused = await log("--endpoint", server.url, "--db", "/proc/nowhere/a.duckdb");
    expect(refused.code).toBe(3);
    expect(refused.messages.at(-1)).toMatch(/^bfa: /);
  });
});

describe("a signal", () => {
  it("immediately ends a wait that a server asked for", async ({ ca, env, expectSound }) => {
    let announceTaken: () => void = () => undefined;
    const taken = new Promise<void>((resolve) => (announceTaken = resolve));
    const server = await rawServer((socket) => {
      // The command closes its end of the socket once it has read the answer.
      socket.once("close", announceTaken);
      socket.write(status(503, "Retry-After: 999999\r\nConnection: close\r\n"));
    });
    writeFileSync(ca, server.ca);
    // The run doesn't abandon the probe: it has to give up on its own.
    const running = startCli([...ONE_CELL, "--json", "--endpoint", server.url], { ...env, ...patient(GRACE_MS) });
    await taken;
    running.child.kill("SIGINT");
    expect(await running.done).toMatchObject({ code: 130 });
    await expectSound();
  });

  it.for(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
    "%s ends a run although a server never answers",
    async (signal, { ca, env, expectSound }) => {
      const server = await rawServer(() => undefined);
      writeFileSync(ca, server.ca);
      const args = [...ONE_CELL, ...UNHURRIED, "--json", "--endpoint", server.url];
      const running = startCli(args, { ...env, ...patient(LIMIT_MS) });
      await server.received(1);
      running.child.kill(signal);
      const result = await running.done;
      expect(result).toMatchObject({ code: 130, signal: null });
      expect(JSON.parse(result.stdout)).toMatchObject({ outcome: "interrupted", rows_written: 0 });
      await expectSound();
    },
  );

  it.runIf(mayUnshare)(
    "ends the first process of a container, and a second one ends it immediately",
    async ({ ca, env }) => {
      const server = await rawServer(() => undefined);
      writeFileSync(ca, server.ca);
      const asFirst = async (...signals: NodeJS.Signals[]) => {
        const before = server.requests.length;
        const args = [CLI, ...ONE_CELL, ...UNHURRIED, "--json", "--endpoint", server.url];
        const { child, done, untilPrinted } = listenTo(
          spawn("unshare", ["--pid", "--fork", "--kill-child", process.execPath, ...args], {
            env: { ...process.env, ...env, ...patient(LIMIT_MS) },
            stdio: ["ignore", "pipe", "pipe"],
          }),
        );
        await server.received(before + 1);
        // The command is the child of the process that created its namespace.
        const first = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
        for (const signal of signals) {
          process.kill(first, signal);
          await untilPrinted("finishing the current units");
        }
        const { code, stdout } = await done;
        return { code, stdout };
      };
      const gentle = await asFirst("SIGTERM");
      expect(gentle.code).toBe(130);
      expect(JSON.parse(gentle.stdout)).toMatchObject({ outcome: "interrupted" });
      expect(await asFirst("SIGTERM", "SIGTERM")).toEqual({ code: 143, stdout: "" });
    },
  );
});

describe("--notify", () => {
  interface Hook {
    url: string;
    posts: { body: string; agent: string | undefined; type: string | undefined }[];
  }

  async function startHook(statuses: number[]): Promise<Hook> {
    const posts: Hook["posts"] = [];
    const server: Server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        posts.push({ body, agent: request.headers["user-agent"], type: request.headers["content-type"] });
        const code = statuses.shift() ?? 200;
        if (code > 0) response.writeHead(code).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/t0ken`, posts };
  }

  it("posts the summary that --json prints, and tries again after a failure that may pass", async ({ bfa }) => {
    const hook = await startHook([503, 204]);
    const result = await bfa(...ONE_DAY, "--notify", hook.url);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(hook.posts).toHaveLength(2);
    expect(JSON.parse(hook.posts[1]?.body ?? "")).toEqual(summaryOf(result));
    expect(hook.posts[1]).toMatchObject({
      agent: expect.stringMatching(/^binance-futures-availability\//) as string,
      type: "application/json",
    });
    expect(summaryOf(result)).toMatchObject({ listings: [], delistings: [], changed_files: [] });
  });

  it.for([
    ["refuses", [404], "the server answered 404"],
    ["is silent", [0, 0, 0], "Headers Timeout Error"],
  ] as const)("that %s is a warning, and the exit code stays", async ([, statuses, reason], { bfa }) => {
    const hook = await startHook([...statuses]);
    const result: CliResult = await bfa(...ONE_CELL, "--quiet", "--notify", hook.url);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toBe(`bfa: the summary could not be posted to ${new URL(hook.url).host}: ${reason}\n`);
    expect(result.stderr).not.toContain("t0ken");
  });

  it("must be a URL, and the message doesn't quote it", async ({ bfa }) => {
    const result = await bfa(...ONE_DAY, "--notify", "hooks.example/t0ken");
    expect(result).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "bfa: --notify needs the URL of an https or http server\n",
    });
  });
});

describe("Windows", () => {
  it("is refused in one line", async ({ folder }) => {
    mkdirSync(join(folder, "w"));
    const hook = join(folder, "w", "windows.mjs");
    writeFileSync(hook, 'Object.defineProperty(process, "platform", { value: "win32" });');
    const result = await runAlone(["--help"], { NODE_OPTIONS: `--import ${hook}` });
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toMatch(/^bfa: Windows is not supported.*\n$/);
  });
});
