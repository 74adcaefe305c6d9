import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { dayAt, dayOf } from "../src/calendar/day.js";
import { CLI } from "./support/cli.js";
import { replicaTest, syntheticWorld } from "./support/fixture.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { source } = syntheticWorld({
  seed: 1,
  symbols: 20,
  from: dayOf("2023-11-01"),
  through: dayAt(Date.now()) - 1,
});

/** Pages with blocks of commands. The examples of queries are run beside their definitions. */
const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs/how-to")).map((name) => `docs/how-to/${name}`)];

/** The commands of a page, in the order of its blocks. */
const blocksOf = (page: string) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);

const it = replicaTest({ history: source }).extend("env", ({ env, replica }) => {
  return { ...env, BFA_CONTRACTS_URL: replica.contractsUrl };
});

it("troubleshooting has each error code, and no other", () => {
  const codes = [
    ...readFileSync(join(ROOT, "src/errors.ts"), "utf8").matchAll(/(?:BfaError<|\| |Code = )"([A-Z_]+)"/g),
  ];
  const titles = [...readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8").matchAll(/^## `([A-Z_]+)`/gm)];
  const names = (found: RegExpExecArray[]) => found.map(([, name]) => name).sort();
  expect(names(titles)).toEqual(names(codes));
});

describe("the commands of the docs", () => {
  it("are found", () => {
    expect(PAGES.flatMap(blocksOf).length).toBeGreaterThan(4);
  });

  it.for(PAGES.filter((page) => blocksOf(page).length > 0))(
    "of %s work as they are printed, one after the other, on a new file",
    { timeout: 300_000 },
    async (page, { folder, env }) => {
      const bin = join(folder, "bin");
      mkdirSync(bin);
      writeFileSync(join(bin, "bfa"), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
      chmodSync(join(bin, "bfa"), 0o755);
      const script = ["set -eux", ...(page === "README.md" ? [] : ["bfa update"]), ...blocksOf(page)].join("\n");
      const child = spawn("bash", ["-c", script], {
        cwd: folder,
        env: { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: folder, ...env },
        stdio: ["ignore", "ignore", "pipe"],
      });
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close") as Promise<[number]>]);
      expect(code, stderr).toBe(0);
    },
  );
});
