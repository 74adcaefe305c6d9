import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, dayOf, type Day } from "../../src/calendar/day.js";
import { monthOf, periodSpan } from "../../src/calendar/period.js";
import { islands, type Span } from "../../src/calendar/span.js";
import { daysToList, knownSpans, newFiles } from "../../src/probe/volume-plan.js";
import type { VolumeKnowledge } from "../../src/rows/volume-unit.js";
import { UM_DAILY_KLINES_1D } from "../../src/vision/datasets/um-klines-1d.js";

const FIRST = dayOf("2024-01-01");
const LAST = dayOf("2024-03-31");
const WITHIN = { from: FIRST, to: LAST };
const DAYS = Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i);
const MONTHS = [...new Set(DAYS.map(monthOf))];

const days = (spans: readonly Span[]) =>
  new Set(spans.flatMap(({ from, to }) => DAYS.filter((d) => d >= from && d <= to)));
const some = fc.subarray(DAYS);
/** Any answers of a bucket, on top of any knowledge; impossible ones are made to fit. */
const stories = fc
  .record({
    known: some,
    holes: some,
    own: some,
    stored: fc.subarray(MONTHS),
    read: fc.subarray(MONTHS),
    failed: fc.subarray(MONTHS),
    inMonth: some,
    fileOn: some,
    failing: some,
    age: fc.integer({ min: 0, max: 100 }),
  })
  .map((drawn) => {
    const file = (cadence: "monthly" | "daily") => (period: Day) => {
      return { cadence, period, size: 1, lastModified: 1, etag: { high: 0, low: 0 } };
    };
    const known: VolumeKnowledge = {
      files: [...drawn.stored.map(file("monthly")), ...drawn.own.map(file("daily"))],
      spans: islands([...new Set([...drawn.known, ...drawn.own])].sort((a, b) => a - b)),
      holes: islands(drawn.holes.filter((day) => drawn.known.includes(day) && !drawn.own.includes(day))),
    };
    const failed = drawn.failed.filter((month) => !drawn.read.includes(month));
    const barDays = drawn.inMonth.filter((day) => drawn.read.includes(monthOf(day)));
    return { ...drawn, knownDays: drawn.known, known, months: { read: drawn.read, barDays, failed } };
  });

describe("the plan of a symbol's volumes", () => {
  it("lists a day exactly when its own file may matter", () => {
    fc.assert(
      fc.property(stories, ({ known, knownDays, holes, own, months }) => {
        const listed = days(daysToList(known, WITHIN, months));
        for (const day of DAYS) {
          const month = monthOf(day);
          const isSettled = knownDays.includes(day) && !holes.includes(day) && !own.includes(day);
          const matters = months.read.includes(month) ? !months.barDays.includes(day) : !isSettled;
          expect(listed.has(day)).toBe(matters && !months.failed.includes(month));
        }
      }),
    );
  });

  it("knows a day through a bar, a file that is in use, or an absence that is believed; a failure ends that", () => {
    fc.assert(
      fc.property(stories, ({ known, own, stored, months, fileOn, failing, age }) => {
        const wanted = daysToList(known, WITHIN, months);
        const listed = days(wanted);
        const files = fileOn.filter((day) => listed.has(day));
        const failed = files.filter((day) => failing.includes(day));
        const read = files.filter((day) => !failing.includes(day));
        const now = (FIRST + age) * DAY_MS;
        const found = knownSpans(known, months, { listed: wanted, read, failed }, UM_DAILY_KLINES_1D, now);
        expect(islands([...days(found)].sort((a, b) => a - b))).toEqual(found);
        const before = days(known.spans);
        for (const day of DAYS) {
          const failedMonth = months.failed.includes(monthOf(day)) && !stored.includes(monthOf(day));
          const isFailed = (failed.includes(day) || failedMonth) && !own.includes(day);
          const isAbsent = listed.has(day) && !files.includes(day) && now >= (day + 4) * DAY_MS;
          const isFound = months.barDays.includes(day) || read.includes(day) || isAbsent || before.has(day);
          expect(days(found).has(day), `day ${day}`).toBe(isFound && !isFailed);
        }
      }),
    );
  });

  it("reads what is new, and what has another size, time or ETag; a fact learnt for the first time is not a change", () => {
    const period = FIRST;
    const file = { period, size: 1, lastModified: 2, etag: { high: 3, low: 4 } };
    const known = { files: [{ ...file, cadence: "daily" as const }], spans: [], holes: [] };
    const isNew = (listed: Partial<typeof file>) => newFiles("daily", [{ ...file, ...listed }], known).length === 1;
    expect(isNew({})).toBe(false);
    expect(isNew({ etag: { high: 0, low: 0 } })).toBe(false);
    expect(isNew({ size: 2 })).toBe(true);
    expect(isNew({ lastModified: 3 })).toBe(true);
    expect(isNew({ etag: { high: 3, low: 5 } })).toBe(true);
    expect(isNew({ period: period + 1 })).toBe(true);
    expect(newFiles("monthly", [file], known)).toHaveLength(1);
  });
});

it("a period has its days, and a day its month", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (day) => {
      const month = periodSpan("monthly", monthOf(day));
      const text = (of: Day) => new Date(of * DAY_MS).toISOString().slice(0, 7);
      expect([text(month.from), text(month.to)]).toEqual([text(day), text(day)]);
      expect([text(month.from - 1), text(month.to + 1)]).not.toContain(text(day));
      expect(periodSpan("daily", day)).toEqual({ from: day, to: day });
    }),
  );
});
