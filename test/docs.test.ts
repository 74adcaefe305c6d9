import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { dayAt, dayOf } from "../src/calendar/day.js";
import { blocksOf, RUN_PAGES, runScript, scriptOf } from "./support/docs.js";
import { replicaTest, syntheticWorld } from "./support/fixture.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { source } = syntheticWorld({
  seed: 1,
  symbols: 20,
  from: dayOf("2023-11-01"),
  through: dayAt(Date.now()) - 1,
});

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
    expect(RUN_PAGES.flatMap((page) => blocksOf(page, "sh")).length).toBeGreaterThan(4);
  });

  it.for(RUN_PAGES.filter((page) => blocksOf(page, "sh").length > 0))(
    "of %s work as they are printed, one after the other, on a new file",
    async (page, { folder, env }) => {
      const { code, stderr } = await runScript(scriptOf(page), folder, env);
      expect(code, stderr).toBe(0);
    },
  );
});
