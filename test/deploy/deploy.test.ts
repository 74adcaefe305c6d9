import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { dayAt } from "../../src/calendar/day.js";
import { CLI, runCli } from "../support/cli.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";

const DEPLOY = fileURLToPath(new URL("../../deploy/", import.meta.url));
const yesterday = dayAt(Date.now()) - 1;
const { source } = syntheticWorld({ seed: 9, symbols: 6, from: yesterday - 40, through: yesterday });

/** Arguments of `bfa` in a file, as its format writes them. */
const COMMAND_LINES: Record<string, (text: string) => string[][]> = {
  Dockerfile: (text) => jsonLists(text, /^CMD (\[.*\])$/gm),
  "compose.yaml": (text) => jsonLists(text, /^ +command: (\[.*\])$/gm),
  "kubernetes/cronjob.yaml": (text) => jsonLists(text, /^ +args: (\[.*\])$/gm),
  "systemd/bfa-update.service": (text) => shellWords(text, /^ExecStart=\/usr\/local\/bin\/bfa (.*)$/gm),
  crontab: (text) => shellWords(text, /^[\d*]+ [\d*]+ [\d*]+ [\d*]+ [\d*]+ \/usr\/local\/bin\/bfa (.*)$/gm),
  "github-actions/update-index.yml": (text) => shellWords(text, /^ +run: node dist\/src\/cli\/main\.js (.*)$/gm),
  "github-actions/publish-index.yml": (text) => shellWords(text, /^ +run: node dist\/src\/cli\/main\.js (.*)$/gm),
};

function jsonLists(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map(([, list = ""]) => JSON.parse(list) as string[]);
}

function shellWords(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map(([, words = ""]) => words.split(" "));
}

const read = (file: string) => readFileSync(join(DEPLOY, file), "utf8");

const commandLines = Object.entries(COMMAND_LINES).flatMap(([file, find]) =>
  find(read(file)).map((args) => [file, args.join(" "), args] as const),
);

/** Whether commands can be run as another user, who may write nowhere but in the folder of the database. */
const mayChangeUser = spawnSync("setpriv", ["--reuid=1000", "--regid=1000", "--clear-groups", "true"]).status === 0;

const it = replicaTest({ history: source });

describe("a command line of deploy/", () => {
  it("is found in each of its files", () => {
    expect([...new Set(commandLines.map(([file]) => file))]).toEqual(Object.keys(COMMAND_LINES));
    expect(commandLines).toHaveLength(10);
  });

  it.runIf(mayChangeUser).for(commandLines)(
    "of %s (bfa %s) works twice as a user without a home, an environment or a place to write but its volume",
    async ([, , args], { root, folder, env, expectSound, db }) => {
      const volume = join(folder, "data");
      mkdirSync(volume);
      chownSync(volume, 1000, 1000);
      chmodSync(root, 0o755);
      const file = join(volume, "availability.duckdb");
      expect(db).not.toBe(file);
      for (let round = 0; round < 2; round++) {
        // The working folder is one in which this user can't write, as everything in a read-only container.
        const child = spawn(
          "setpriv",
          ["--reuid=1000", "--regid=1000", "--clear-groups", process.execPath, CLI, ...args],
          { cwd: "/", env: { ...env, BFA_DB: file }, stdio: ["ignore", "pipe", "pipe"] },
        );
        let said = "";
        for (const stream of [child.stdout, child.stderr])
          stream.on("data", (part: Buffer) => (said += part.toString()));
        const code = await new Promise((resolve) => child.on("close", resolve));
        // Quiet and whole: a cron job that works mails nothing.
        expect({ code, said }).toEqual({ code: 0, said: "" });
      }
      await expectSound(file);
    },
  );
});

describe("the workflow that publishes", () => {
  it("makes a release that the next run pulls and goes on with", async ({ bfa, env, folder }) => {
    const words = [...read("github-actions/publish-index.yml").matchAll(/main\.js (pull|publish) (\S+)/g)];
    expect(words.map(([, command, what]) => [command, what])).toEqual([
      ["pull", '"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/releases/download/index"'],
      ["publish", "site"],
    ]);
    expect((await bfa("update", "--quiet")).code).toBe(0);
    expect((await bfa("publish", join(folder, "site"))).code).toBe(0);
    // The release has no folders: what pull needs lies at its top.
    const release = join(folder, "release");
    mkdirSync(release);
    for (const name of ["availability.duckdb", "manifest.json"])
      cpSync(join(folder, "site", name), join(release, name));
    const own = { ...env, BFA_DB: join(folder, "next.duckdb") };
    expect(await runCli(["pull", release], own)).toMatchObject({ code: 0, stderr: "" });
    expect(await runCli(["update", "--quiet"], own)).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });
});

describe("a schedule of deploy/", () => {
  it("is after publication, at 12:17 and 18:47 UTC, everywhere", () => {
    const cron = (file: string, pattern: RegExp) => [...read(file).matchAll(pattern)].map(([, when]) => when);
    const daily = ["17 12 * * *", "47 18 * * *"];
    expect(cron("crontab", /^(\d+ \d+ \* \* \*) .*update/gm)).toEqual(daily);
    expect(cron("kubernetes/cronjob.yaml", /schedule: "(.*)"/g)).toEqual(daily);
    expect(cron("github-actions/update-index.yml", /cron: "(.*)"/g)).toEqual(daily);
    expect(cron("github-actions/publish-index.yml", /cron: "(.*)"/g)).toEqual(daily);
    expect(cron("systemd/bfa-update.timer", /^OnCalendar=(.*)$/gm)).toEqual([
      "*-*-* 12:17:00 UTC",
      "*-*-* 18:47:00 UTC",
    ]);
    expect(read("kubernetes/cronjob.yaml").match(/timeZone: Etc\/UTC/g)).toHaveLength(2);
    expect(read("crontab")).toContain("CRON_TZ=UTC");
  });
});

describe("npm run check:deploy", () => {
  it("finds nothing to complain about", () => {
    const { status, stdout } = spawnSync(process.execPath, [join(DEPLOY, "check.cjs")], { encoding: "utf8" });
    expect(stdout).toMatch(/^(?:.*: (?:no complaint|not installed, left out)\n){5}$/);
    expect(status).toBe(0);
  });
});
