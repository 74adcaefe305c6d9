import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenTo } from "../support/cli.js";
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

  it("has the command, whose demo runs an update, shows the result and says what to type next", async () => {
    const { bin } = JSON.parse(readFileSync(join(installed.package, "package.json"), "utf8")) as {
      bin: Record<string, string>;
    };
    const command = join(installed.package, bin["bfa"] ?? "");
    expect(await installed.node(command, "--help")).toMatchObject({ code: 0 });
    const temporary = join(installed.folder, "tmp");
    mkdirSync(temporary);
    const demo = spawn(process.execPath, [command, "demo"], {
      cwd: installed.folder,
      env: { ...process.env, TMPDIR: temporary, npm_command: "exec" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stdout, stderr } = await listenTo(demo).done;
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
    expect(await installed.node(command, ...advice.split(" ").slice(1))).toMatchObject({ code: 0 });
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
