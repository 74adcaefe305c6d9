import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../support/cli.js";

it("bfa demo runs an update, shows the result and says what to type next", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bfa-test-"));
  try {
    const { code, stdout, stderr } = await runCli(["demo"], { TMPDIR: folder, npm_command: "exec" });
    expect(code, stderr).toBe(0);
    // A slow machine prints progress lines too.
    expect(stderr).toMatch(/^DNS: 1 look-up in .*\n(?:bfa: [^\n]*\n)*$/);
    expect(stdout).toContain("327 symbols by HEAD");
    expect(stdout).toMatch(/Snapshot of \d{4}-\d\d-\d\d, 5 of \d+ symbols/);
    expect(stdout).toMatch(/available_count +contract_count +probed_count\n(?:\d{4}-\d\d-\d\d +\d+ +\d+ +327\n){3}/);
    expect(stdout).toContain("bfa update");
    expect(stdout).toMatch(/\nIf bfa is not a command yet: npm install -g binance-futures-availability, .*\n$/);
    const page = /^ *(\/.*index\.html)$/m.exec(stdout)?.[1] ?? "";
    expect(readFileSync(page, "utf8")).toContain("<title>");
    const uploads = [...stdout.matchAll(/\d{4}-\d\d-\d\dT\S+Z/g)].map(([time]) => Date.parse(time));
    expect(uploads).toHaveLength(5);
    expect(Math.max(...uploads)).toBeLessThan(Date.now());
    const [advice = ""] = /bfa query counts --db \S+/.exec(stdout) ?? [];
    expect((await runCli(advice.split(" ").slice(1))).code).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
