import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackage, type InstalledPackage } from "../support/installed.js";
import { COMMON_JS, ES_MODULE, PROGRAM_PRINTS } from "../support/user-program.js";
import { compileUse, COMPILED_AS } from "../support/user-types.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

let installed: InstalledPackage;
beforeAll(() => {
  installed = installPackage();
});
afterAll(() => {
  installed.remove();
});

describe("the installed package", () => {
  it("works as ESM", async () => {
    installed.write("program.mjs", ES_MODULE);
    expect(await installed.node("program.mjs")).toEqual({ code: 0, output: PROGRAM_PRINTS });
  });

  it("works with require", async () => {
    installed.write("program.cjs", COMMON_JS);
    const { code, output } = await installed.node("--no-warnings", "program.cjs");
    expect({ code, output }).toEqual({ code: 0, output: PROGRAM_PRINTS });
  });

  it("has the command, with everything that it prints", async () => {
    const { bin } = JSON.parse(readFileSync(join(installed.package, "package.json"), "utf8")) as {
      bin: Record<string, string>;
    };
    const command = join(installed.package, bin["bfa"] ?? "");
    expect(await installed.node(command, "--help")).toMatchObject({ code: 0 });
    const { code, output } = await installed.node(command, "demo");
    expect(output).toContain("327 symbols");
    expect(code).toBe(0);
  });

  it("draws charts without a chart library installed", async () => {
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

  it("refers to no missing file", () => {
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
  it.each(COMPILED_AS)("work for $name", (way) => {
    expect(compileUse(installed, way)).toBe("");
  });
});
