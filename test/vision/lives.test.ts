import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, formatDay, type Day } from "../../src/calendar/day.js";
import { clip, islands, type Span } from "../../src/calendar/span.js";
import { livesOf, type LifeFile } from "../../src/vision/lives.js";

const TRADED = 49_000;
const FLAT = 7_800;

function files(from: string, to: string, size = TRADED): LifeFile[] {
  return Array.from({ length: dayOf(to) - dayOf(from) + 1 }, (_, day) => ({ day: dayOf(from) + day, size }));
}

function span(from: string, to: string): Span {
  return { from: dayOf(from), to: dayOf(to) };
}

function starts(lives: readonly Span[]): string[] {
  return lives.map(({ from }) => formatDay(from));
}

describe("the lives of a name", () => {
  it("are one as long as no 30 days in a row lack a file", () => {
    const holes = [...files("2022-01-01", "2022-02-01"), ...files("2022-03-03", "2022-04-01")];
    expect(starts(livesOf(holes, []))).toEqual(["2022-01-01"]);
  });

  it("are two when 30 days in a row lack one", () => {
    const relisted = [...files("2022-01-01", "2022-02-01"), ...files("2022-03-04", "2022-04-01")];
    expect(livesOf(relisted, [])).toEqual([
      { ...span("2022-01-01", "2022-02-01"), quietDays: 30 },
      { ...span("2022-03-04", "2022-04-01"), quietDays: 30 },
    ]);
  });

  it("begin anew after a gap that starts the day after a settled folder's last file (BNXUSDT)", () => {
    const bnx = [...files("2022-04-01", "2023-02-11"), ...files("2023-02-22", "2025-03-31")];
    expect(starts(livesOf(bnx, [[span("2022-04-01", "2023-02-11")]]))).toEqual(["2022-04-01", "2023-02-22"]);
    expect(starts(livesOf(bnx, []))).toEqual(["2022-04-01"]);
    expect(starts(livesOf(bnx, [[span("2022-04-01", "2023-02-10")]]))).toEqual(["2022-04-01"]);
  });

  it("begin anew at the first traded file after months of flat ones, if there is a settled folder (LITUSDT)", () => {
    const lit = [
      ...files("2021-02-01", "2025-01-20"),
      ...files("2025-01-21", "2025-11-30", FLAT),
      ...files("2025-12-20", "2026-01-10"),
    ];
    const settled = [[span("2021-02-01", "2025-01-20")]];
    expect(starts(livesOf(lit, settled))).toEqual(["2021-02-01", "2025-12-20"]);
    expect(starts(livesOf(lit, []))).toEqual(["2021-02-01"]);
  });

  it("are not broken by a settled folder beside them without a gap", () => {
    const aergo = files("2024-09-10", "2026-06-30");
    expect(starts(livesOf(aergo, [[span("2024-09-10", "2025-04-15")]]))).toEqual(["2024-09-10"]);
  });

  it("are not broken by a settled folder that begins after them (SXPUSDT)", () => {
    const sxp = [
      ...files("2025-01-01", "2026-03-01"),
      ...files("2026-03-02", "2026-04-15", FLAT),
      ...files("2026-04-16", "2026-05-30"),
    ];
    expect(starts(livesOf(sxp, [[span("2026-06-01", "2026-06-30")]]))).toEqual(["2025-01-01"]);
  });

  it("up to some day do not change with what comes after it", () => {
    const day = fc.integer({ min: 18_000, max: 18_200 });
    const file = fc.record({ day, size: fc.constantFrom(TRADED, FLAT) });
    const some = fc.uniqueArray(file, { selector: (made) => made.day, maxLength: 120 });
    // Half of the days, so that a folder continues after what looked like its end.
    const folder = fc.uniqueArray(day, { maxLength: 120 }).map((days) => islands(days.sort((a, b) => a - b)));
    fc.assert(
      fc.property(some, fc.array(folder, { maxLength: 2 }), day, (made, settled, until) => {
        const ascending = [...made].sort((a, b) => a.day - b.day);
        const before = (spans: readonly Span[]) => spans.filter(({ from }) => from <= until).map(({ from }) => from);
        const known = settled.map((spans) => clip(spans, { from: 0, to: until }));
        const early = livesOf(
          ascending.filter((one) => one.day <= until),
          known,
        );
        expect(before(early)).toEqual(before(livesOf(ascending, settled)));
      }),
      { numRuns: 500 },
    );
  });

  it("are disjoint, ascending, and contain every file", () => {
    const file = fc.record({ day: fc.integer({ min: 0, max: 300 }), size: fc.constantFrom(TRADED, FLAT) });
    fc.assert(
      fc.property(fc.uniqueArray(file, { selector: (made) => made.day }), (made) => {
        const ascending = [...made].sort((a, b) => a.day - b.day);
        const lives = livesOf(ascending, []);
        for (const [index, life] of lives.entries()) {
          expect(life.from).toBeLessThanOrEqual(life.to);
          if (index > 0) expect(life.from).toBeGreaterThan((lives[index - 1]?.to ?? 0) + 30);
        }
        const holds = (at: Day) => lives.filter(({ from, to }) => from <= at && at <= to).length;
        for (const { day } of ascending) expect(holds(day)).toBe(1);
      }),
    );
  });
});
