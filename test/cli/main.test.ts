import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAlone, runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

describe("bfa", () => {
  it("prints its version wherever --version is typed", async () => {
    const folder = temporaryFolder();
    try {
      writeFileSync(join(folder.path, "package.json"), '{"name":"other","version":"9.9.9"}');
      const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
      for (const args of [["--version"], ["-V"], ["update", "--version"]]) {
        expect(await runAlone(args, {}, folder.path)).toMatchObject({ code: 0, stdout: `${version}\n` });
      }
    } finally {
      folder.remove();
    }
  });

  it("lists its commands and exit codes in its help", async () => {
    const { code, stdout } = await runAlone(["--help"]);
    expect(code).toBe(0);
    for (const command of ["update", "backfill", "discover", "query", "export", "status", "demo", "replica"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}`, "m"));
    }
    expect(stdout).toMatch(/130\s+interrupted/);
  });

  it.each([
    [["no-such-command"], "there is no command `bfa no-such-command`; bfa --help lists them"],
    [["updte"], "there is no command `bfa updte`; did you mean `bfa update`?"],
    [["help", "updte"], "there is no command `bfa updte`; did you mean `bfa update`?"],
    [["snapsht", "2024-03-01"], "there is no command `bfa snapsht`; did you mean `bfa query snapshot`?"],
    [["contract"], "there is no command `bfa contract`; did you mean `bfa contracts`?"],
    [["--db", "x.duckdb", "status"], "options follow the command: bfa COMMAND --db"],
    [["query", "--json"], "options follow the command: bfa query COMMAND --json"],
    [["--no-colour", "status"], "there is no option --no-colour; did you mean --no-color?"],
    [["-v"], "there is no option -v; bfa --help lists them"],
    [["query", "snapsht"], "there is no command `bfa query snapsht`; did you mean `bfa query snapshot`?"],
    [["update", "--dte", "2024-03-01"], "there is no option --dte; did you mean --date?"],
    [["update", "--quite"], "there is no option --quite; did you mean --quiet?"],
    [["query", "snapshot", "--date", "2024-03-01"], "bfa query snapshot takes <date> without --date"],
    [["query", "delistings", "--from", "2024-01-01"], "bfa query delistings takes <from> <to> without --from"],
    [["query", "snapshot", "2024-03-01", "--date=2020-03-05"], "bfa query snapshot takes <date> without --date"],
    [["query", "range", "2024-03-01", "2024-03-02", "--to", "x"], "bfa query range takes <from> <to> without --to"],
    [["validate", "--checks", "counts"], "bfa validate takes <checks> without --checks"],
    [["compare", "a", "b", "-a", "c"], 'bfa compare takes only <a> <b>, but got "-a" "c"; see bfa compare --help'],
    [["validate", "--", "cuonts"], /^checks: "cuonts" is not one of .*; did you mean counts\?$/],
    [["update", "--", "--quiet"], 'bfa update takes no arguments, but got "--quiet"; see bfa update --help'],
    [["query", "sql", "--db", "--", "SELECT 1"], "--db needs a value: --db FILE"],
    [["update", "--quiet=yes"], '--quiet takes no value, but got "yes"'],
    [["backfill", "--no-pool=0", "--refresh"], '--no-pool takes no value, but got "0"'],
    [["status", "--json", "--format", "csv"], "--json and --format can't be combined: give only one"],
    [["update", "BTCUSDT", "ETHUSDT"], /; did you mean `bfa update --symbols BTCUSDT,ETHUSDT`\?$/],
    [["pull"], /; for example: bfa pull https:\/\/example.org\/index && bfa update$/],
    [["update", "--date"], "--date needs a value: --date DATE"],
    [
      ["update", "2024-03-01"],
      'bfa update takes no arguments, but got "2024-03-01"; did you mean `bfa update --date 2024-03-01`?',
    ],
    [["backfill", "2024-03-01", "2024-03-05"], /; did you mean `bfa backfill --from 2024-03-01 --to 2024-03-05`\?$/],
    [["status", "now"], 'bfa status takes no arguments, but got "now"; see bfa status --help'],
    [["validate", "completness"], /^checks: "completness" is not one of continuity, .*; did you mean completeness\?$/],
    [["query", "changes", "--format", "jsn"], /^--format: "jsn" is not one of table, .*; did you mean json\?$/],
    [["query", "snapshot"], "<date> is missing (UTC day); for example: bfa query snapshot 2024-03-01"],
    [
      ["query", "universe", "2024-03-01"],
      /^--min-age is missing .*; for example: bfa query universe 2024-03-01 --min-age 90$/,
    ],
  ])("%j is wrong usage: one line that suggests the right form, exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { LANG: "de_DE.UTF-8" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^bfa: [^\n]+\n$/);
    expect(stderr.slice("bfa: ".length, -1)).toEqual(
      typeof message === "string" ? message : (expect.stringMatching(message) as string),
    );
  });

  it("takes an empty environment variable for one that isn't set", async () => {
    const env = { BFA_DB: "", BFA_CA: "", BFA_LIST_ENDPOINT: "", XDG_DATA_HOME: "/data" };
    const { code, stdout } = await runAlone(["update", "--help"], env);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("/data/binance-futures") as string,
    });
    expect(await runAlone(["update", "--date", "2000-01-01"], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--date: 2000-01-01 is before") as string,
    });
  });
});
