import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainProgressLine, progressLine, type ProgressState } from "../../../src/cli/output/progress-line.js";

const counts = {
  ...{ probes: 162, available: 160, missing: 2, failed: 3, requests: 1042, replays: 0, retries: 0 },
  ...{ connections_opened: 8, bytes: 3_140_000, foreign_keys: 0, rows_written: 100, units_written: 0 },
};
const probing: ProgressState = { phase: "probing", elapsedMs: 1000, counts, cellCount: 981, unitCount: 3 };

const whole = fc.nat({ max: 2_000_000 });
const states: fc.Arbitrary<ProgressState> = fc.oneof(
  fc.record({ phase: fc.constantFrom("planning", "writing", "publishing"), elapsedMs: fc.nat({ max: 1e8 }) }),
  fc.record({
    phase: fc.constant("probing" as const),
    elapsedMs: fc.nat({ max: 1e8 }),
    cellCount: whole,
    unitCount: whole,
    counts: fc.option(
      fc
        .record({ probes: whole, failed: whole, bytes: whole, units_written: whole })
        .map((some) => ({ ...counts, ...some })),
      { nil: undefined },
    ),
  }),
);

describe("progressLine", () => {
  it("shows everything if there is room", () => {
    expect(progressLine(200, probing)).toBe(
      "[####--------------------]  16%  162/981 probes  162/s  0/3 units  1,042 requests/s, 3.1 MB  3 failed  5.06 s left",
    );
    expect(progressLine(80, { phase: "writing", elapsedMs: 2500 })).toBe("writing ...  2 s");
  });

  it.each([
    [100, "[####--------------------]  16%  162/981 probes  162/s  0/3 units  3 failed  5.06 s left"],
    [60, "16%  162/981 probes  3 failed  5.06 s left"],
    [30, "16%  3 failed  5.06 s left"],
    [24, "3 failed  5.06 s left"],
    [12, "5.06 s left"],
    [5, ""],
  ])("in %d columns drops what matters least", (width, line) => {
    expect(progressLine(width, probing)).toBe(line);
  });

  it("fits any width, and shows no less when there is more room", () => {
    fc.assert(
      fc.property(states, fc.nat({ max: 250 }), (state, width) => {
        const line = progressLine(width, state);
        const wider = progressLine(width + 1, state);
        expect(line.length).toBeLessThanOrEqual(width);
        expect(line).toMatch(/^[ -~]*$/);
        expect(wider.length).toBeGreaterThanOrEqual(line.length);
        const fields = (text: string) => text.split("  ").filter((field) => field !== "");
        expect(fields(wider)).toEqual(expect.arrayContaining(fields(line)));
      }),
    );
  });

  it("drops failures and the time left last", () => {
    fc.assert(
      fc.property(states, fc.nat({ max: 250 }), (state, width) => {
        const fields = progressLine(width, state).split("  ");
        if (state.phase !== "probing" || fields.length < 2) return;
        expect(fields.at(-1)).toMatch(/ left$/);
        expect(fields.at(-2)).toMatch(/ failed$/);
      }),
    );
  });
});

it("plainProgressLine is one line without a bar", () => {
  expect(plainProgressLine(probing)).toBe(
    "16%, 162/981 probes, 162/s, 0/3 units, 1,042 requests/s, 3.1 MB, 3 failed, 5.06 s left",
  );
  expect(plainProgressLine({ phase: "publishing", elapsedMs: 12_000 })).toBe("publishing ..., 12 s");
});

/** 100 of 400 symbols in 10 s. */
const VOLUMES = {
  ...{ phase: "volumes", elapsedMs: 10_000, symbolCount: 400 },
  counts: { symbols_asked: 100, files_fetched: 2500, files_failed: 3, file_bytes: 5_000_000 },
} as ProgressState;

describe("the progress of volumes", () => {
  it("is that of their symbols, with files, failures and the time left", () => {
    expect(plainProgressLine(VOLUMES)).toMatch(
      /^25%, volumes of 100\/400 symbols, 2,500 files, 250 files\/s, .*B, 3 failed, 30 s left$/,
    );
    expect(progressLine(200, VOLUMES)).toMatch(/^\[#{6}-{18}\] {2}25% {2}volumes of 100\/400 symbols/);
  });

  it("keeps failures and the time left on a narrow terminal", () => {
    expect(progressLine(20, VOLUMES)).toBe("3 failed  30 s left");
  });

  it("says that the time left is unknown before the first symbol", () => {
    const line = plainProgressLine({ phase: "volumes", elapsedMs: 0, counts: undefined, symbolCount: 400 });
    expect(line).toMatch(/^0%, volumes of 0\/400 symbols, .*0 failed, \? left$/);
  });
});
