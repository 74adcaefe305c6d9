import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  bundledPackages,
  isPermissive,
  lockFindings,
  packFindings,
  type LockedPackage,
} from "../.config/audit-rules.js";

const sound = { license: "MIT", integrity: "sha512-x", resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz" };
const findingsOf = (found: LockedPackage) => lockFindings({ packages: { "": {}, "node_modules/a": found } });

describe("the audit of the lockfile", () => {
  it("finds nothing in this project's lockfile", () => {
    const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as {
      packages: Record<string, LockedPackage>;
    };
    expect(lockFindings(lock)).toEqual([]);
  });

  it.for([
    [{ ...sound, license: "GPL-3.0" }, "licence GPL-3.0"],
    [{ ...sound, license: undefined }, "licence not stated"],
    [{ ...sound, hasInstallScript: true }, "has an install script"],
    [{ ...sound, integrity: "sha1-x" }, "has no SHA-512"],
    [{ ...sound, resolved: "git+ssh://git@example.com/a.git" }, "comes from git+ssh://git@example.com/a.git"],
    [
      { ...sound, resolved: "https://registry.npmjs.org.example.com/a.tgz" },
      "comes from https://registry.npmjs.org.ex",
    ],
  ] as [LockedPackage, string][])("names what is wrong: %j", ([found, finding]) => {
    expect(findingsOf(found)).toEqual([expect.stringContaining(`node_modules/a: ${finding}`)]);
  });

  it("lets development packages have other licences and scripts, but requires hashes for them too", () => {
    expect(findingsOf({ ...sound, license: "MPL-2.0", hasInstallScript: true, dev: true })).toEqual([]);
    expect(findingsOf({ dev: true })).toEqual(["node_modules/a: has no SHA-512"]);
  });

  it("reads licence expressions with choices", () => {
    const readings = [
      ["MIT OR GPL-2.0", true],
      ["(MIT AND BSD-3-Clause)", true],
      ["MIT AND GPL-2.0", false],
      ["LGPL-2.1", false],
      ["SEE LICENSE IN x", false],
    ] as const;
    expect(readings.map(([text]) => isPermissive(text))).toEqual(readings.map(([, permissive]) => permissive));
  });
});

it("the audit of the packed package names what it shouldn't have and what it lacks", () => {
  const whole = ["LICENSE", "README.md", "package.json", "dist/THIRD-PARTY-LICENSES.txt", "dist/src/cli/main.js"];
  expect(packFindings(whole)).toEqual([]);
  expect(packFindings([...whole, ".env", "src/.env", "test/a.ts"])).toEqual([
    ".env is packed",
    "src/.env is packed",
    "test/a.ts is packed",
  ]);
  expect(packFindings(whole.slice(1))).toEqual(["LICENSE is not packed"]);
});

it("the licences of the bundled packages are shipped", () => {
  expect(
    bundledPackages(["src/a.ts", "node_modules/yargs/index.js", "node_modules/@a/b/c.js", "node_modules/yargs/x.js"]),
  ).toEqual(["node_modules/@a/b", "node_modules/yargs"]);
  const text = readFileSync(new URL("../dist/THIRD-PARTY-LICENSES.txt", import.meta.url), "utf8");
  for (const name of ["yargs", "undici", "csv-stringify"]) expect(text).toMatch(new RegExp(`^${name} \\d.* \\(`, "m"));
});
