import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMicros, formatTime } from "../../src/calendar/time.js";

const micros = fc.bigInt({ min: -62_167_219_200_000_000n, max: 253_402_300_799_999_999n });

describe("formatTime", () => {
  it("has milliseconds only if there are any", () => {
    expect(formatTime(Date.UTC(2024, 2, 2, 9, 36, 43))).toBe("2024-03-02T09:36:43Z");
    expect(formatTime(Date.UTC(2024, 2, 2, 9, 36, 43, 120))).toBe("2024-03-02T09:36:43.120Z");
  });
});

describe("formatTime of any time", () => {
  it("is the same as Date's", () => {
    const ms = fc.oneof(fc.integer({ min: -63_000_000_000_000, max: 254_000_000_000_000 }), fc.integer({ min: 0 }));
    fc.assert(
      fc.property(ms, fc.boolean(), (value, isWhole) => {
        const time = isWhole ? Math.floor(value / 1000) * 1000 : value;
        expect(formatTime(time)).toBe(new Date(time).toISOString().replace(".000Z", "Z"));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("formatMicros", () => {
  it("can be read back exactly", () => {
    fc.assert(
      fc.property(micros, (value) => {
        const text = formatMicros(value);
        const [seconds = "", fraction = ""] = text.slice(0, -1).split(".");
        expect(BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"))).toBe(value);
        expect([0, 3, 6]).toContain(fraction.length);
      }),
    );
  });

  it("sorts like the texts", () => {
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        const same = formatMicros(a).length === formatMicros(b).length;
        if (same) expect(a < b).toBe(formatMicros(a) < formatMicros(b));
      }),
    );
  });
});
