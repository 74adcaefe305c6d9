import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileToFetch } from "../../src/index.js";
import { dateOf, fetchInto, market } from "../files/support.js";
import { CLI, runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "market.duckdb");
  await market(db);
});
afterAll(() => {
  folder.remove();
});

const bfa = (...args: string[]) => runCli([...args, "--db", db], {}, folder.path);
const day = ["--date", dateOf(0)];
const rowsIn = (stdout: string) => (JSON.parse(stdout) as { files: FileToFetch[] }).files;

describe("bfa files", () => {
  it("prints the list in every format, and its totals on stderr", async () => {
    const json = await bfa("files", ...day, "--json");
    expect(json.stderr).toBe("bfa: 3 files, 420 B\n");
    const files = rowsIn(json.stdout);
    expect(JSON.parse(json.stdout)).toMatchObject({ file_count: 3, byte_count: 420, condition: "final" });
    const urls = files.map(({ url }) => url);
    const lines = async (format: string) =>
      (await bfa("files", ...day, "--format", format)).stdout.trimEnd().split("\n");
    expect(await lines("urls")).toEqual(urls);
    expect((await lines("csv")).slice(1).map((line) => line.split(",")[6])).toEqual(urls);
    expect((await lines("tsv")).slice(1).map((line) => line.split("\t")[0])).toEqual(urls);
    expect((await lines("ndjson")).map((line) => (JSON.parse(line) as FileToFetch).url)).toEqual(urls);
    expect((await lines("aria2")).filter((line) => !line.startsWith(" "))).toEqual(urls);
    expect(await lines("s5cmd")).toHaveLength(3);
    expect((await lines("curl")).filter((line) => line.startsWith("url"))).toHaveLength(3);
    expect((await lines("table"))[0]).toMatch(/^date +symbol +file_size_bytes/);
  });

  it("writes it to a file, completely or not at all", async () => {
    const out = join(folder.path, "list");
    const { code, stdout, stderr } = await bfa(
      "files",
      ...day,
      "--symbol",
      "AAAUSDT",
      "--format",
      "urls",
      "--out",
      out,
    );
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "bfa: 1 file, 40 B\n" });
    expect(readFileSync(out, "utf8")).toMatch(/^https:\/\/data\.binance\.vision\/.*\.zip\n$/);
    expect((await bfa("files", ...day, "--format", "urls", "--out", db)).code).toBe(2);
  });

  it("reads a universe and a verification from files, and from stdin", async () => {
    const universe = join(folder.path, "universe.csv");
    writeFileSync(universe, `date,symbol,rank\n${dateOf(7)},BBBUSDC,1\n${dateOf(7)},币安人生USDT,2\n`);
    const { stdout, stderr } = await bfa("files", "--universe", universe, "--json");
    expect(rowsIn(stdout).map(({ symbol }) => symbol)).toEqual(["BBBUSDC"]);
    expect(stderr).toBe("bfa: 1 file, 147 B\nbfa: 1 of the cells in the list have no file\n");
    const held = await bfa(
      "files",
      "--universe",
      universe,
      "--hold",
      "--to",
      dateOf(9),
      "--symbols",
      "BBBUSDC",
      "--json",
    );
    expect(rowsIn(held.stdout).map(({ date }) => date)).toEqual([7, 8, 9].map(dateOf));
    const child = spawn(process.execPath, [CLI, "files", "--from-verify", "-", "--json", "--db", db]);
    child.stdin.end(JSON.stringify({ files: [{ date: dateOf(1), symbol: "AAAUSDT", problem: "missing" }] }));
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, "close") as Promise<[number]>]);
    expect([code, rowsIn(out).map(({ reason }) => reason)]).toEqual([0, ["missing"]]);
  });

  it("says what is wrong in one line, with the option's name, before any work", async () => {
    writeFileSync(join(folder.path, "bad.csv"), "date,name\n");
    const wrong: [args: string[], message: RegExp][] = [
      [["--date", "2024-02-30"], /^bfa: --date: "2024-02-30" is not a date; write YYYY-MM-DD\n$/],
      [["--from", dateOf(2), "--to", dateOf(1)], /^bfa: --from: the first day is after the last\n$/],
      [["--hold"], /^bfa: --hold: there is no universe to hold\n$/],
      [["--universe", "bad.csv"], /^bfa: --universe: bad\.csv can't be read \(its first line doesn't name/],
      [["--from-verify", "none.json"], /^bfa: --from-verify: none\.json can't be read/],
      [["--since", "9"], /^bfa: --since: there is no run 9; the last one is 2\n$/],
      [["--since", "yesterday"], /^bfa: --since: "yesterday" is not a date/],
      [["--symbols", "A/B"], /^bfa: --symbols: "A\/B" is not a symbol/],
      [["--quote", "EUR"], /^bfa: --quote: no known symbol has the quote asset EUR/],
      [["--format", "list"], /format/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await bfa("files", ...args);
      expect({ code, stdout }, args.join(" ")).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(message);
    }
    const unknown = await bfa("files", "--date", dateOf(50));
    expect(unknown.code).toBe(4);
    expect(unknown.stderr).toMatch(/^bfa: not in the database: /);
  });
});

describe("bfa verify", () => {
  it("exits with 1 when something is wrong, says what, and its answer in any format lists what to fetch again", async () => {
    const downloads = join(folder.path, "downloads");
    mkdirSync(downloads);
    const files = rowsIn((await bfa("files", ...day, "--json")).stdout);
    fetchInto(downloads, files);
    const whole = await bfa("verify", downloads, ...day);
    expect(whole).toMatchObject({ code: 0, stdout: "3 of 3 files match the index\n", stderr: "" });
    writeFileSync(join(downloads, files[0]?.path ?? ""), "");
    writeFileSync(join(downloads, "notes.txt"), "");
    const wrong = await bfa("verify", downloads, ...day);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^2 of 3 files match the index\n1 stale: .*\ndate +symbol +problem/);
    expect(wrong.stderr).toBe("bfa: not checked: 1 file of other kinds\n");
    for (const format of ["json", "csv", "ndjson"]) {
      const answer = join(folder.path, `wrong.${format}`);
      expect((await bfa("verify", downloads, ...day, "--format", format, "--out", answer)).code).toBe(1);
      const again = await bfa("files", "--from-verify", answer, "--json");
      expect(rowsIn(again.stdout), format).toMatchObject([{ symbol: "AAAUSDT", date: dateOf(0), reason: "stale" }]);
    }
  });

  it("says what is wrong with its arguments", async () => {
    const missing = await bfa("verify", join(folder.path, "nowhere"));
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/^bfa: .*nowhere can't be read: ENOENT/);
    expect((await bfa("verify")).code).toBe(2);
  });
});
