import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { update } from "../../src/run/update.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import type { Replica } from "../../src/replica/replica.js";
import { dayOf } from "../../src/calendar/day.js";
import { sharedCertificate } from "../support/certificate.js";
import { runCli } from "../support/cli.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

/** Values that no option of a kind accepts. */
const WRONG = {
  number: ["", " ", "-1", "0x10", "1e3", "1.5", "١", "NaN", "Infinity", "9999999999999999999", "1;ls", "\u001b[2J"],
  date: ["", "today", "2024-02-30", "2024-2-3", "20240203", "2024-02-03T00:00:00Z", "9999-12-31", "1999-01-01", "'--"],
  url: [
    "",
    "x",
    "ftp://h",
    "//h",
    "https://",
    "https://u:p@h",
    "https://h/?q",
    "https://h/#f",
    "javascript:1",
    "https://h/p",
  ],
  share: ["", "-1%", "101%", "2", "x", "50 %%", "1e-1"],
  symbols: [
    "",
    ",",
    "A/B",
    "../..",
    "BTC USDT",
    "'; DROP TABLE availability; --",
    'A"B',
    "A\nB",
    "A😀",
    "\u001b[31mX",
    "=1+1",
  ],
  choice: ["", "HEAD", "both", "head,list", "--"],
} as const;

const CASES: [command: string, option: string, kind: keyof typeof WRONG][] = [
  ["update", "threads", "number"],
  ["update", "endpoint", "url"],
  ["update", "symbols", "symbols"],
  ["update", "source", "choice"],
  ["backfill", "to", "date"],
  ["backfill", "max-failure-rate", "share"],
  ["query snapshot", "", "date"],
  ["query timeline", "", "symbols"],
];

describe("a wrong value", () => {
  it.each(CASES)("of bfa %s %s is refused in one clean line, before any work", async (command, option, kind) => {
    const db = join(folder.path, "never", "a.duckdb");
    const run = async (value: string) => {
      const given = option === "" ? ["--", value] : [`--${option}=${value}`];
      const { code, stdout, stderr } = await runCli([...command.split(" "), "--db", db, ...given]);
      return { value, code, stdout, lines: stderr.trimEnd().split("\n").length, control: /(?!\n)\p{Cc}/u.test(stderr) };
    };
    // A question about any day is right: whether it is known depends on the file.
    const anyDay = option === "" ? ["9999-12-31", "1999-01-01"] : [];
    const wrong = WRONG[kind].filter((value) => !anyDay.includes(value));
    const values = [...wrong];
    const results = [];
    while (values.length > 0) results.push(...(await Promise.all(values.splice(0, 4).map(run))));
    const wanted = { code: 2, stdout: "", lines: 1, control: false };
    expect(results).toEqual(wrong.map((value) => ({ value, ...wanted })));
    expect(existsSync(join(folder.path, "never"))).toBe(false);
  });

  it.each([
    [{ BFA_ENDPOINT: "not a url" }, "endpoint"],
    [{ BFA_LIST_ENDPOINT: "https://h/?x" }, "list-endpoint"],
    [{ BFA_CA: "/nowhere/ca.pem" }, "ca"],
    [{ BFA_DB: " " }, "db"],
  ])("in the environment is refused too: %j", async (env, named) => {
    const { code, stdout, stderr } = await runCli(["update"], { BFA_DB: join(folder.path, "a.duckdb"), ...env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(named);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("in a file of certificates is refused", async () => {
    const file = join(folder.path, "bad.pem");
    writeFileSync(file, "-----BEGIN CERTIFICATE-----\nMIIBgarbage\n-----END CERTIFICATE-----\n");
    const { code, stdout, stderr } = await runCli(["update", "--ca", file, "--db", join(folder.path, "a.duckdb")]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^bfa: --ca \S+bad\.pem: certificate 1 of 1 can't be read\n$/);
    expect(readdirSync(folder.path)).toEqual(["bad.pem"]);
  });

  it.each([
    ["a NUL", "BTC\0USDT\n"],
    ["a slash", "BTCUSDT\nA/../B\n"],
    ["a quote", "BTCUSDT'\n"],
    ["bytes that are not UTF-8", Buffer.from([0xff, 0xfe, 0x42])],
    ["nothing", "# only a comment\n"],
    ["another format", "symbol,first\nBTCUSDT,2020-01-01\n"],
  ])("in a file of symbols is refused: %s", async (_name, text) => {
    const file = join(folder.path, "symbols.txt");
    writeFileSync(file, text);
    const { code, stdout, stderr } = await runCli([
      "update",
      "--symbols-file",
      file,
      "--db",
      join(folder.path, "a.duckdb"),
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(existsSync(join(folder.path, "a.duckdb"))).toBe(false);
  });

  it("in the library is refused before any request", async () => {
    for (const symbol of ["", "A/B", "'; DROP TABLE availability; --", "A\0B", "..", "A B"]) {
      const options = { db: join(folder.path, "a.duckdb"), endpoint: "https://127.0.0.1:1", date: "2024-02-03" };
      await expect(update({ ...options, symbols: ["BTCUSDT", symbol] })).rejects.toMatchObject({ code: "USAGE" });
    }
  });
});

describe("a path or name with all kinds of characters", () => {
  const date = "2024-02-03";
  let replica: Replica;
  beforeAll(async () => {
    const day = dayOf(date);
    const files = ["BTCUSDT", "币安人生USDT"].map((symbol) => ({
      symbol,
      day,
      size: 2000,
      lastModified: day * 86_400_000,
    }));
    replica = await startReplicaThread({ certificate: await sharedCertificate(), history: { type: "listed", files } });
  });
  afterAll(() => replica.close());

  it("is one file and nothing else", async () => {
    const strange = join(folder.path, 'it\'s a "db"; DROP TABLE x; -- $(touch pwned) %s 币 😀');
    mkdirSync(strange);
    const db = join(strange, "a'b;c.duckdb");
    const ca = join(strange, "ca's.pem");
    writeFileSync(ca, replica.ca);
    const where = ["--db", db, "--endpoint", replica.url, "--ca", ca];
    const names = ["--symbols", "BTCUSDT,币安人生USDT,NOT_THERE"];
    const run = await runCli(["update", "--date", date, ...names, ...where]);
    expect(run.code, run.stderr).toBe(0);
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
    expect(await rowsOf(db, "SELECT symbol, available FROM daily_availability ORDER BY 1")).toEqual([
      ["BTCUSDT", true],
      ["NOT_THERE", false],
      ["币安人生USDT", true],
    ]);
    for (const format of ["csv", "parquet"]) {
      const out = join(strange, `o'u"t; COPY.${format}`);
      const exported = await runCli(["export", "--db", db, "--format", format, "--out", out]);
      expect(exported.code, exported.stderr).toBe(0);
      expect(existsSync(out)).toBe(true);
    }
    expect((await runCli(["query", "snapshot", date, "--db", db])).code).toBe(0);
    expect(readdirSync(folder.path)).toHaveLength(1);
    expect(readdirSync(strange).sort()).toEqual([
      ".a'b;c.duckdb.lock",
      "a'b;c.duckdb",
      "ca's.pem",
      `o'u"t; COPY.csv`,
      `o'u"t; COPY.parquet`,
    ]);
  });
});
