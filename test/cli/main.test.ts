import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

describe("bfa", () => {
  it("tells its own version wherever it is typed", async () => {
    const folder = temporaryFolder();
    try {
      writeFileSync(join(folder.path, "package.json"), '{"name":"other","version":"9.9.9"}');
      const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
      expect(await runCli(["--version"], {}, folder.path)).toMatchObject({ code: 0, stdout: `${version}\n` });
    } finally {
      folder.remove();
    }
  });

  it("lists its commands and exit codes in its help", async () => {
    const { code, stdout } = await runCli(["--help"]);
    expect(code).toBe(0);
    for (const command of ["update", "backfill", "discover", "query", "export", "status", "demo", "replica"]) {
      expect(stdout).toMatch(new RegExp(`^ +bfa ${command}`, "m"));
    }
    expect(stdout).toMatch(/130\s+interrupted/);
  });

  it.each([[[]], [["no-such-command"]], [["query"]], [["query", "no-such-query"]]])(
    "%j is wrong usage: one line, code 2",
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^bfa: [^\n]+\n$/);
    },
  );
});
