import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (name: string) => readFileSync(fileURLToPath(new URL(name, root)), "utf8");

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  link?: boolean;
}

const manifest = JSON.parse(read("package.json")) as {
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
};
const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);

describe("the packages of an installation", () => {
  it("run no install script, this one's and its dependencies' included", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
    expect(shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual([]);
  });

  it("are all pinned by their hashes", () => {
    expect(shipped.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? "")).map(([path]) => path)).toEqual([]);
  });

  it("are named in the README, each direct dependency with its reason", () => {
    const table = read("README.md").split("## Dependencies")[1]?.split("\n## ")[0] ?? "";
    const named = [...table.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell]) =>
      [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});

describe("the table of faults", () => {
  it("names existing tests", () => {
    const named = [...read("docs/faults.md").matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, file]) => file ?? "");
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });
});

describe("the README", () => {
  it("has no line that wraps on a screen of 120 columns", () => {
    expect(
      read("README.md")
        .split("\n")
        .filter((line) => Array.from(line).length > 120),
    ).toEqual([]);
  });

  it("uses npx only for this package, under its own name", () => {
    const started = [...read("README.md").matchAll(/npx (\S+)/g)].map(([, name]) => name);
    expect([...new Set(started)]).toEqual(["binance-futures-availability"]);
  });

  it("links to existing files", () => {
    const links = [...read("README.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, file]) => file ?? "");
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });
});
