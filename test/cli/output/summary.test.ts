import { describe, expect, it } from "vitest";
import { failureNotices, summaryText } from "../../../src/cli/output/summary.js";
import { volumesNotice } from "../../../src/cli/output/volume-lines.js";
import type { RunFailure } from "../../../src/run/failure.js";
import type { RunSummary } from "../../../src/run/summary.js";

const SUMMARY: RunSummary = {
  command: "update",
  outcome: "whole",
  from: "2019-12-31",
  to: "2024-03-10",
  symbol_count: 327,
  sources: ["list"],
  probes: 5_712,
  available: 5_680,
  missing: 32,
  failed: 0,
  rows_written: 5_712,
  units_written: 299,
  requests: 299,
  bytes: 9_000_000,
  connections_opened: 64,
  foreign_keys: 0,
  replays: 0,
  retries: 0,
  dns_lookups: 0,
  retried: [],
  changes: { late: 0, replaced: 0, removed: 0 },
  changed_files: [],
  listings: [],
  delistings: [],
  announced_delistings: [],
  due_cells: { never_probed: 0, provisional: 6_213, hole: 31, clock: 0 },
  conditions: [
    { condition: "provisional", from: "2024-02-10", to: "2024-02-10" },
    { condition: "final", from: "2024-02-11", to: "2024-02-19" },
    { condition: "provisional", from: "2024-02-20", to: "2024-03-08" },
    { condition: "unpublished", from: "2024-03-09", to: "2024-03-10" },
  ],
  elapsed_ms: 8_530,
  volumes: null,
  phases: { dns_ms: 0, plan_ms: 1_933, probe_ms: 4_777, volumes_ms: 0, write_ms: 403 },
  failures: [],
};

describe("a run's summary", () => {
  it("is short if nothing unusual happened, and names the days that can't be answered", () => {
    expect(summaryText(SUMMARY)).toMatchInlineSnapshot(`
      "update 2019-12-31 to 2024-03-10: whole in 8.53 s
        327 symbols by LIST: 5,680 available, 32 missing, 0 failed
        5,712 rows written in 299 units
        299 requests over 64 connections
        planning 1.93 s, probing 4.78 s, writing 0.40 s
        still due: 6,213 cells not final yet, 31 in holes
        2024-02-10 to 2024-03-10: 9 days final, 19 days provisional, 2 days unpublished (2024-03-09 to 2024-03-10)"
    `);
  });

  it("mentions look-ups, replays and retries", () => {
    const text = summaryText({ ...SUMMARY, dns_lookups: 2, replays: 1, retries: 3 });
    expect(text).toContain("64 connections, 2 DNS look-ups, 1 replay, 3 retries\n");
    expect(text).toContain("  DNS 0.00 s, planning");
  });

  it("of one day says its condition, and without days says nothing", () => {
    const one = [{ condition: "provisional", from: "2024-03-01", to: "2024-03-01" } as const];
    expect(summaryText({ ...SUMMARY, conditions: one })).toMatch(/\n {2}2024-03-01: provisional$/);
    expect(summaryText({ ...SUMMARY, conditions: [] })).toMatch(/in holes$/);
  });

  it("says when nothing is due any more", () => {
    const due = { never_probed: 0, provisional: 0, hole: 0, clock: 0 };
    expect(summaryText({ ...SUMMARY, due_cells: due })).toContain("  still due: nothing\n");
  });
});

describe("the line about failures", () => {
  const malformed = { kind: "protocol", code: "LIST_MALFORMED" } as const;
  const refused = { kind: "connect", code: "ECONNREFUSED" } as const;
  const failure = (of: Pick<RunFailure, "kind" | "code">): RunFailure => ({
    ...{ symbol: "BTCUSDT", date: "2024-01-01", days: 1, message: "it failed", cause: null },
    ...of,
  });
  const noticeOf = (failures: RunFailure[], retries: number) =>
    failureNotices({ ...SUMMARY, failed: failures.length, failures }, retries).join();

  it("mentions retries only of failures that are retried", () => {
    expect(noticeOf([failure(refused)], 3)).toContain(" failed despite 3 retries: connect ECONNREFUSED once.");
    expect(noticeOf([failure(malformed)], 3)).toContain(" failed: protocol LIST_MALFORMED once.");
    expect(noticeOf([failure(malformed), failure(refused)], 3)).toContain(" failed, some of them despite 3 retries: ");
    expect(noticeOf([failure(refused)], 0)).toContain(" failed; --retries repeats transient failures: ");
    expect(noticeOf([failure(malformed)], 0)).toContain(" failed: ");
  });

  it("of volumes mentions --accept-unverified only when a checksum failed", () => {
    const counts = { files_fetched: 1, files_failed: 1, files_known: 0, files_unverified: 0, file_bytes: 1 };
    const written = { symbols_asked: 1, through: "2024-01-01", rows_written: 1, units_written: 1, difference_count: 0 };
    const noticeWith = (of: Pick<RunFailure, "kind" | "code">) =>
      volumesNotice({ ...counts, ...written, failures: [{ ...failure(of), key: null }] }, 3);
    expect(noticeWith(refused)).toMatch(/despite 3 retries, .* Their days stay unknown: run it again$/);
    expect(noticeWith({ kind: "content", code: "CHECKSUM_WRONG" })).toMatch(
      /^1 of 2 volume files failed, the first: .* --accept-unverified$/,
    );
  });
});
