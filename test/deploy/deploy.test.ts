import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { openReader, type Store } from "../../src/store/open.js";
import { CLI, listenTo, runCli, UNMEASURED } from "../support/cli.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";

const DEPLOY = fileURLToPath(new URL("../../deploy/", import.meta.url));
const yesterday = dayAt(Date.now()) - 1;
const { source } = syntheticWorld({ seed: 9, symbols: 3, from: yesterday - 40, through: yesterday });

/** Arguments of `bfa` in a file, as the file's format writes them. */
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

/** Each list of arguments once, with the names of all files that have it. */
const differentLines = [...new Set(commandLines.map(([, line]) => line))].map((line) => {
  const same = commandLines.filter(([, other]) => other === line);
  return [same.map(([file]) => file).join(", "), line, line.split(" ")] as const;
});

/** A user that the system doesn't know. */
const NOBODY = "64321";

/**
 * Runs a command as in a container with a read-only root file system: as a user without a name, who can write only to
 * the folder given first.
 */
const CONFINED = [
  ...["unshare", "--mount", "sh", "-c"],
  `mount --bind "$0" "$0" && mount -o remount,bind,ro / &&
    exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --no-new-privs --bounding-set=-all "$@"`,
];

/** The environment of the tools that confine the command. */
const TOOLS = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" };

/**
 * Whether this user may do so, no other mounted folder is writable, and the command has the date of this process, which
 * `npm run test:load` changes by the environment.
 */
const mayConfine = (() => {
  const confined = (script: string) =>
    spawnSync("unshare", [...CONFINED.slice(1), tmpdir(), "sh", "-c", script], { env: TOOLS, encoding: "utf8" });
  const { status, stdout } = confined("date -u +%F");
  return status === 0 && stdout.trim() === formatDay(dayAt(Date.now())) && confined("touch /bfa-test").status !== 0;
})();

const it = replicaTest({ history: source });

describe("a command line of deploy/", () => {
  it("is found in each of its files", () => {
    expect([...new Set(commandLines.map(([file]) => file))]).toEqual(Object.keys(COMMAND_LINES));
    expect(commandLines).toHaveLength(10);
  });

  it.runIf(mayConfine).for(differentLines)(
    "of %s (bfa %s) works in a read-only container, twice, the second time beside a reader",
    async ([, , args], { root, folder, ca, env, expectSound }) => {
      const volume = join(folder, "data");
      mkdirSync(volume);
      chownSync(volume, Number(NOBODY), Number(NOBODY));
      for (const path of [root, folder]) chmodSync(path, 0o755);
      chmodSync(ca, 0o644);
      const file = join(volume, "availability.duckdb");
      const runs = async (database: Store) =>
        (await database.connection.runAndReadAll("SELECT count(*)::INTEGER FROM runs")).getRows()[0]?.[0];
      const run = async () => {
        const [command = "", ...rest] = CONFINED;
        const child = spawn(command, [...rest, volume, process.execPath, CLI, ...args], {
          cwd: "/",
          stdio: ["ignore", "pipe", "pipe"],
          // The environment is otherwise empty, without even HOME.
          env: { ...env, ...UNMEASURED, BFA_DB: file, ...TOOLS },
        });
        const { code, stdout, stderr } = await listenTo(child).done;
        // Success is silent: a working cron job mails nothing.
        expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
      };
      await run();
      const reader = await openReader(file);
      try {
        const before = await runs(reader);
        await run();
        expect(await runs(reader)).toBe(before);
        const again = await openReader(file);
        expect(await runs(again)).toBe(Number(before) + 1);
        await again.close();
      } finally {
        await reader.close();
      }
      expect(readdirSync(volume)).toEqual([".availability.duckdb.lock", "availability.duckdb"]);
      await expectSound(file);
    },
  );
});

describe("the workflow that publishes", () => {
  it("makes a release that the next run pulls and continues from", async ({ bfa, env, folder }) => {
    const words = [...read("github-actions/publish-index.yml").matchAll(/main\.js (pull|publish) (\S+)/g)];
    expect(words.map(([, command, what]) => [command, what])).toEqual([
      ["pull", '"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/releases/download/index"'],
      ["publish", "site"],
    ]);
    expect((await bfa("update", "--quiet")).code).toBe(0);
    expect((await bfa("publish", join(folder, "site"))).code).toBe(0);
    // A release has no folders: the files that pull needs are at its top level.
    const release = join(folder, "release");
    mkdirSync(release);
    for (const name of ["availability.duckdb", "manifest.json"])
      cpSync(join(folder, "site", name), join(release, name));
    const own = { ...env, BFA_DB: join(folder, "next.duckdb") };
    expect(await runCli(["pull", release], own)).toMatchObject({ code: 0, stderr: "" });
    expect(await runCli(["update", "--quiet"], own)).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });
});

describe("the workflow that publishes takes what was published last", () => {
  const [, indented = ""] =
    /Take what was published last\n[^]*?run: \|\n((?: {10}.*\n)+)/.exec(read("github-actions/publish-index.yml")) ?? [];
  it.for([
    ["if there is a release of it", "echo v1; echo index", { status: 0, stdout: "pulled\n" }],
    ["but needs no release in the first run", "echo v1; echo old-index", { status: 0, stdout: "" }],
    ["or fails if GitHub doesn't answer", "echo 'HTTP 502' >&2; exit 1", { status: 1, stdout: "" }],
  ] as const)("%s", ([, gh, expected], { folder }) => {
    const tool = (name: string, script: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    };
    tool("gh", gh);
    tool("node", "echo pulled");
    // GitHub runs a step's script by `bash -e`.
    const { status, stdout } = spawnSync("bash", ["-e", "-c", indented.replaceAll(/^ {10}/gm, "")], {
      ...{ cwd: folder, encoding: "utf8" },
      env: { ...TOOLS, PATH: `${folder}:${TOOLS.PATH}` },
    });
    expect({ status, stdout }).toEqual(expected);
  });

  it("and only then publishes", () => {
    const conditions = [...read("github-actions/publish-index.yml").matchAll(/ if: (.*)/g)].map(([, text]) => text);
    expect(conditions).toEqual(Array(3).fill("${{ !cancelled() && steps.last.outcome == 'success' }}"));
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
