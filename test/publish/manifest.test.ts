import { describe, expect, it } from "vitest";
import { fileNamed, manifestText, readManifest, type Manifest } from "../../src/publish/manifest.js";
import { fileChanges } from "../../src/publish/staging.js";

const file = (path: string, sum = "a") => ({ path, bytes: 3, sha256: sum.repeat(64) });

const manifest: Omit<Manifest, "format"> = {
  ...{ generator: "test", dataset: "um/daily/klines/1m", license: "L", attribution: "A", schema_version: 2 },
  ...{ as_of: "2024-03-02T00:00:00Z", row_count: 4, symbol_count: 2 },
  ...{ first_date: "2024-03-01", last_date: "2024-03-02", conditions: [] },
  files: [file("availability.duckdb"), file("data/symbols/~E5~B8~81USDT.js", "0")],
};

const changed = (change: object) => JSON.stringify({ ...(JSON.parse(manifestText(manifest)) as object), ...change });

describe("a manifest", () => {
  it("is read as it was written", () => {
    expect(readManifest(manifestText(manifest), "x")).toEqual({ row_count: 4, files: manifest.files });
  });

  it.each([
    ["no JSON", "<html>", "it is not a JSON object"],
    ["null", "null", "it is not a JSON object"],
    ["a newer format", changed({ format: 2 }), "it has format 2, but this package only reads 1"],
    ["no format", changed({ format: undefined }), "it is not a valid manifest"],
    ["no rows", changed({ row_count: -1 }), "it is not a valid manifest"],
    ["no files", changed({ files: {} }), "it is not a valid manifest"],
    ["a file that is not one", changed({ files: [null] }), "it lists something that is not a file"],
    ...["../a", "/a", "a/../b", "a//b", ".git/a", "a\\b", "", "a/.b", "a b"].map((path) => [
      `the path '${path}'`,
      changed({ files: [file(path)] }),
      "it lists a path outside the publication",
    ]),
    ["a size that is not one", changed({ files: [{ ...file("a"), bytes: 0.5 }] }), "it lacks the size or SHA-256 of a"],
    [
      "a sum that is not one",
      changed({ files: [{ ...file("a"), sha256: "A".repeat(64) }] }),
      "it lacks the size or SHA-256",
    ],
    [
      "a size that fills a disk",
      changed({ files: [{ ...file("a"), bytes: 2 ** 50 }] }),
      "a has 1125899906842624 bytes",
    ],
    ["too many files", changed({ files: Array.from({ length: 100_001 }, () => 0) }), "it lists more than 100000 files"],
  ])("with %s is refused", (_, text, reason) => {
    expect(() => readManifest(text, "https://x.org")).toThrow(`https://x.org/manifest.json can't be used: ${reason}`);
  });

  it("names its files", () => {
    const read = readManifest(manifestText(manifest), "x");
    expect(fileNamed(read, "availability.duckdb", "x").bytes).toBe(3);
    expect(() => fileNamed(read, "b", "x")).toThrow("it doesn't list b");
  });
});

describe("files of two publications", () => {
  it("are new, changed, unchanged or removed", () => {
    const before = [file("kept"), file("changed", "0"), file("gone")];
    const after = [file("changed"), file("kept"), file("new")];
    expect(fileChanges(before, after)).toEqual({
      written: [file("changed"), file("new")],
      unchanged: [file("kept")],
      removed: ["gone"],
    });
  });
});
