import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { QUERY_NAMES } from "../../src/query/registry.js";
import { apiReport } from "../support/api-report.js";

const REPORT = fileURLToPath(new URL("api.txt", import.meta.url));

describe("the public API", () => {
  const { text, forgotten } = apiReport(QUERY_NAMES);

  it("is as in test/package/api.txt; after a change, run this file with -u and describe the change in CHANGELOG.md", async () => {
    await expect(text).toMatchFileSnapshot(REPORT);
  });

  it("exports every type that a signature needs", () => {
    expect(forgotten).toEqual([]);
  });

  it("has none of DuckDB's types", () => {
    expect(text).not.toMatch(/\bDuckDB/);
  });
});
