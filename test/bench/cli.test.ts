import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../bench/frame/report.js";
import { startReplica } from "../../src/replica/replica.js";
import { dayAt } from "../../src/calendar/day.js";
import { runAlone, runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

describe("bfa bench", () => {
  it("measures, prints, and writes JSON, a page and results", async () => {
    const { path, remove } = temporaryFolder();
    try {
      const [json, html, results] = [join(path, "bench.json"), join(path, "bench.html"), join(path, "RESULTS.md")];
      const files = ["--json", json, "--html", html, "--results", results];
      const { code, stdout, stderr } = await runAlone(["bench", "dns", "--quick", "--runs", "1", ...files]);
      expect({ code, stderr: stderr.replace(/^bench: .*\n/gm, "") }).toEqual({ code: 0, stderr: "" });
      expect(stderr).toMatch(/^bench: DNS with look-ups of 5 ms/m);
      expect(stdout).toContain(`Node ${process.version}`);
      const report = JSON.parse(readFileSync(json, "utf8")) as Report;
      expect(report.benches.map(({ name }) => name)).toEqual(["dns"]);
      const lookups = report.benches[0]?.comparisons[0]?.sides.map(({ metrics }) => metrics["lookups"]?.median);
      // A look-up for each of 40 connections, or one look-up before all of them.
      expect(lookups).toEqual([40, 40, 1]);
      expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>/);
      expect(readFileSync(results, "utf8")).toContain("## dns");
    } finally {
      remove();
    }
  });

  it("sends a bounded number of requests to a target, and says so before", async () => {
    const { path, remove } = temporaryFolder();
    const replica = await startReplica({
      history: { type: "synthetic", through: dayAt(Date.now()) - 1, from: dayAt(Date.now()) - 30, symbols: 3 },
    });
    try {
      const ca = join(path, "ca.pem");
      writeFileSync(ca, replica.ca);
      const { code, stderr } = await runAlone(["bench", "--quick", "--runs", "1", "--target", replica.url], {
        NODE_EXTRA_CA_CERTS: ca,
      });
      expect(code).toBe(0);
      expect(stderr).toContain("3 sides of 20 HEADs per run, over at most 16 connections");
      const { requests, maxOpen } = await replica.stats();
      // Three sides, with a warm-up and a run each.
      expect(requests).toEqual({ head: 120, get: 0, list: 0, other: 0 });
      expect(maxOpen).toBeLessThanOrEqual(16);
    } finally {
      await replica.close();
      remove();
    }
  });

  it.each([
    [["bench", "--runs", "0"], "--runs"],
    [["bench", "nothing"], "nothing"],
    [["bench", "dns", "--target", "https://data.binance.vision"], "--target is only for the probe bench"],
    [["bench", "--target", "ftp://host"], "--target"],
  ])("refuses %j in one line", async (args, part) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(part);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
