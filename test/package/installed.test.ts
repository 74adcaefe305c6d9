import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackage, type InstalledPackage } from "../support/installed.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const TSC = join(root, "node_modules/typescript/bin/tsc");

let installed: InstalledPackage;
beforeAll(() => {
  installed = installPackage();
});
afterAll(() => {
  installed.remove();
});

/** A run against a replica, and a question: what a user's first program does. */
const PROGRAM = `
  const replica = await startReplica({
    history: { type: "files", files: [{ symbol: "BTCUSDT", date: "2024-03-01", bytes: 50_000 }] },
  });
  const { url: endpoint, listUrl: listEndpoint, ca } = replica;
  const summary = await update({ db: "user.duckdb", endpoint, listEndpoint, ca, date: new Date("2024-03-01T12:00Z") });
  await replica.close();
  const db = await openAvailability("user.duckdb");
  const { rows } = await db.snapshot({ date: "2024-03-01" });
  const { runs } = await db.status();
  await db.close();
  console.log(JSON.stringify([summary.outcome, rows[0].symbol, runs.length]));
`;

const IMPORTED = "openAvailability, update";

describe("the package as it is installed", () => {
  it("works as ESM", async () => {
    installed.write(
      "program.mjs",
      `import { ${IMPORTED} } from "binance-futures-availability";
       import { startReplica } from "binance-futures-availability/replica";
       ${PROGRAM}`,
    );
    expect(await installed.node("program.mjs")).toEqual({ code: 0, output: '["whole","BTCUSDT",1]\n' });
  });

  it("works by require", async () => {
    installed.write(
      "program.cjs",
      `const { ${IMPORTED} } = require("binance-futures-availability");
       const { startReplica } = require("binance-futures-availability/replica");
       (async () => { ${PROGRAM.replaceAll("user.duckdb", "required.duckdb")} })();`,
    );
    const { code, output } = await installed.node("--no-warnings", "program.cjs");
    expect({ code, output }).toEqual({ code: 0, output: '["whole","BTCUSDT",1]\n' });
  });

  it("has the command, with all that it prints", { timeout: 120_000 }, async () => {
    const { bin } = JSON.parse(readFileSync(join(installed.package, "package.json"), "utf8")) as {
      bin: Record<string, string>;
    };
    const command = join(installed.package, bin["bfa"] ?? "");
    expect(await installed.node(command, "--help")).toMatchObject({ code: 0 });
    const { code, output } = await installed.node(command, "demo");
    expect(output).toContain("327 symbols");
    expect(code).toBe(0);
  });

  it("draws charts without a library for them", async () => {
    installed.write(
      "chart.mjs",
      `import { chartSvg } from ${JSON.stringify(join(installed.package, "dist/bench/output/charts.js"))};
       const spread = { median: 2, q1: 1, q3: 3, min: 1, max: 3, values: [1, 2, 3] };
       const side = { name: "a", role: "ours", metrics: { ms: spread }, noisy: false };
       const metric = { id: "ms", label: "time", unit: "ms", better: "lower" };
       console.log(chartSvg({ metrics: [metric], sides: [side] }).slice(0, 4));`,
    );
    expect(existsSync(join(installed.folder, "node_modules/@observablehq"))).toBe(false);
    expect(await installed.node("chart.mjs")).toEqual({ code: 0, output: "<svg\n" });
  });

  it("points at no file that isn't there", () => {
    const files = readdirSync(installed.package, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const missing = files.flatMap((file) => {
      if (file.endsWith(".map")) {
        const { sources } = JSON.parse(readFileSync(file, "utf8")) as { sources: string[] };
        return sources.map((source) => resolve(dirname(file), source)).filter((source) => !existsSync(source));
      }
      if (!/\.(?:js|d\.ts)$/.test(file)) return [];
      const map = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(file, "utf8"))?.[1];
      return map === undefined || existsSync(join(dirname(file), map)) ? [] : [join(dirname(file), map)];
    });
    expect(missing).toEqual([]);
    expect(files.some((file) => file.endsWith("/dist/src/index.d.ts.map"))).toBe(true);
    expect(existsSync(join(installed.package, "dist/THIRD-PARTY-LICENSES.txt"))).toBe(true);
  });

  it("brings at most 60 packages", () => {
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { dev?: boolean; optional?: boolean }>;
    };
    const brought = Object.entries(packages).filter(
      ([path, { dev, optional }]) => path !== "" && dev !== true && (optional !== true || existsSync(join(root, path))),
    );
    expect(brought.length).toBeLessThanOrEqual(60);
  });
});

describe("its types", () => {
  const USE = readFileSync(new URL("../types/use.ts", import.meta.url), "utf8");

  it.each([
    ["an ES module", "use.mts", "NodeNext", "NodeNext"],
    ["a CommonJS module", "use.cts", "NodeNext", "NodeNext"],
    ["a bundler", "use.ts", "ESNext", "Bundler"],
  ])("serve %s", { timeout: 120_000 }, async (_name, file, module, moduleResolution) => {
    installed.write(file, USE);
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
    const libraries = ["--target", "ES2023", "--lib", "ES2023,ESNext.Disposable", "--skipLibCheck", "false"];
    const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
    const options = [...strict, ...libraries, ...types, "--module", module, "--moduleResolution", moduleResolution];
    expect(await installed.node(TSC, ...options, file)).toEqual({ code: 0, output: "" });
  });
});
