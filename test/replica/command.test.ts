import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli, startCli, type RunningCli } from "../support/cli.js";
import { readListing } from "../support/replica.js";

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "bfa-replica-command-"));
});
afterAll(() => rm(place, { recursive: true }));

/** The first line on stdout. */
function firstLine({ child }: RunningCli): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
  });
}

async function get(url: string, caFile: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, "utf8") } });
  try {
    const { body } = await request(url, { dispatcher });
    return await body.text();
  } finally {
    await dispatcher.destroy();
  }
}

interface Ready {
  url: string;
  listUrl: string;
  caFile: string;
  symbols: number;
  files: number;
}

it("serves until it is told to end, then prints its counts", async () => {
  const running = startCli(["replica", "--json", "--symbols", "12", "--through", "2024-01-10", "--days", "5"]);
  const { url, listUrl, caFile, symbols, files } = JSON.parse(await firstLine(running)) as Ready;
  const { keys } = readListing(await get(listUrl, caFile));
  expect(keys.filter((key) => /-1m-2024-01-(06|07|08|09|10)\.zip$/.test(key)).length).toBe(files);
  expect(symbols).toBeGreaterThan(3);
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);

  running.child.kill("SIGTERM");
  const { code, stdout, stderr } = await running.done;
  expect([code, stdout.split("\n").length]).toEqual([0, 2]);
  expect(JSON.parse(stderr)).toMatchObject({ connections: 1, requests: { list: 1 } });
  expect(existsSync(caFile)).toBe(false);
});

it("prints where it serves and what to type next, and keeps a given CA file", async () => {
  const caFile = join(place, "ca.pem");
  const spans = join(place, "spans.csv");
  await writeFile(spans, "symbol,first_day,last_day,bytes_per_day\nBTCUSDT,2024-01-01,2024-01-03,48155\n");
  const running = startCli(["replica", "--spans", spans, "--ca-file", caFile, "--rtt", "5"]);
  expect(await firstLine(running)).toBe("Embedded Vision: 1 symbol, 3 files");
  running.child.kill("SIGINT");
  const { code, stdout } = await running.done;
  expect(code).toBe(0);
  const url = /objects +(\S+)/.exec(stdout)?.[1] ?? "";
  expect(stdout).toContain(
    `bfa update --db replica.duckdb --endpoint ${url} --list-endpoint ${url}/data.binance.vision --ca ${caFile}\n`,
  );
  expect(readFileSync(caFile, "utf8")).toContain("BEGIN CERTIFICATE");
});

it.each([
  [["--symbols", "0"], /--symbols/],
  [["--port", "70000"], /--port/],
  [["--through", "2024-02-30"], /--through/],
  [["--fault-500", "2"], /--fault-500/],
  [["--fault-500", "0.6", "--fault-hang", "0.6"], /add up to 1\.2/],
  [["--spans", "/none.csv"], /\/none\.csv: can't be read/],
  [["--spans", "/none.csv", "--symbols", "3"], /spans/],
  [["--ca-file", "/none/ca.pem"], /--ca-file/],
])("refuses %j with one line and code 2", async (args, message) => {
  const { code, stdout, stderr } = await runCli(["replica", ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr.trimEnd().split("\n").length).toBe(1);
  expect(stderr).toMatch(message);
});
