import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, dayOf } from "../../src/calendar/day.js";
import { BAR_VALUES, parseBars } from "../../src/vision/kline-csv.js";
import { barsOf, type Bar } from "../support/bars.js";

const HEADER =
  "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore";
const MONTH = { from: dayOf("2024-01-01"), to: dayOf("2024-01-31") };

/** Decimals of up to 15 significant digits, as the bucket writes them. */
const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), fc.nat(8)).map(([digits, decimals]) => {
  const text = digits.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
});
const rows = fc
  .uniqueArray(fc.integer({ min: MONTH.from, max: MONTH.to }), { minLength: 1, maxLength: 31 })
  .chain((days) => {
    const values = fc.record({
      prices: fc.tuple(decimal, decimal, decimal, decimal),
      volume: decimal,
      quote: decimal,
      taken: decimal,
      takenQuote: decimal,
      count: fc.nat(),
    });
    return fc
      .array(values, { minLength: days.length, maxLength: days.length })
      .map((all) => days.sort((a, b) => a - b).map((day, place) => ({ day, ...(all[place] as (typeof all)[number]) })));
  });

/** A row of the file, in ms or µs. */
function lineOf({ day, prices, volume, quote, count, taken, takenQuote }: Drawn, scale: 1 | 1000): string {
  const open = day * DAY_MS * scale;
  return [open, ...prices, volume, open + DAY_MS * scale - 1, quote, count, taken, takenQuote, "0"].join();
}
type Drawn = (typeof rows extends fc.Arbitrary<infer Rows> ? Rows : never) extends (infer Row)[] ? Row : never;

const GOOD = "1704067200000,1,2,0.5,1.5,10,1704153599999,15,3,4,5,0";
const parse = (text: string): Bar[] => barsOf(parseBars(Buffer.from(text), MONTH));

describe("a CSV of bars", () => {
  it("keeps up to 15 significant digits, with or without a header, in ms or µs, whatever its line ends", () => {
    fc.assert(
      fc.property(
        rows,
        fc.boolean(),
        fc.constantFrom(1 as const, 1000 as const),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (drawn, header, scale, newline, lastNewline) => {
          const lines = [...(header ? [HEADER] : []), ...drawn.map((row) => lineOf(row, scale))];
          const bars = parse(lines.join(newline) + (lastNewline ? newline : ""));
          expect(bars).toEqual(
            drawn.map(({ day, prices, volume, quote, count, taken, takenQuote }) => {
              const [open, high, low, close] = prices.map(Number);
              return {
                day,
                open,
                high,
                low,
                close,
                volume: Number(volume),
                quoteVolume: Number(quote),
                tradeCount: count,
                takerBuyVolume: Number(taken),
                takerBuyQuoteVolume: Number(takenQuote),
              };
            }),
          );
          for (const [place, bar] of bars.entries()) {
            const text = drawn[place]?.quote ?? "";
            const decimals = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
            expect(bar.quoteVolume.toFixed(decimals)).toBe(text);
          }
        },
      ),
    );
  });

  it("reads numbers with more digits, or an exponent, as JavaScript does", () => {
    const [bar] = parse(
      "1704067200000,0.1234567890123456789,12345678901234567890.5,1E-8,1e3,10,1704153599999,15,3,4,5,0",
    );
    expect(bar).toMatchObject({ open: 0.12345678901234568, high: 12345678901234567000, low: 1e-8, close: 1000 });
  });

  it.each([
    ["no row", "", 1, /no row/],
    ["only a header", `${HEADER}\n`, 2, /no row/],
    ["eleven columns", "1704067200000,1,2,0.5,1.5,10,1704153599999,15,3,4,5", 1, /it doesn't have 12 columns/],
    ["thirteen columns", `${GOOD},0`, 1, /it doesn't have 12 columns/],
    ["an empty line", `${GOOD}\n\n`, 2, /column 1 is "", which is not a number/],
    ["a word", GOOD.replace("0.5", "low"), 1, /column 4 is "low"/],
    ["NaN", GOOD.replace("0.5", "NaN"), 1, /column 4/],
    ["Infinity by an exponent", GOOD.replace("0.5", "1e999"), 1, /column 4/],
    ["a negative price", GOOD.replace("0.5", "-0.5"), 1, /column 4/],
    ["a hexadecimal", GOOD.replace("0.5", "0x10"), 1, /column 4/],
    ["an empty field", GOOD.replace("0.5", ""), 1, /column 4/],
    ["a bare dot", GOOD.replace("0.5", "."), 1, /column 4/],
    ["a dot at the end", GOOD.replace("0.5", "5."), 1, /column 4/],
    ["two dots", GOOD.replace("0.5", "0.5.1"), 1, /column 4/],
    ["a space", GOOD.replace("0.5", " 0.5"), 1, /column 4/],
    ["a quote", GOOD.replace("0.5", '"0.5"'), 1, /column 4/],
    ["an unfinished number", GOOD.replace("0.5", "1".repeat(70)), 1, /column 4/],
    ["a count that is not whole", GOOD.replace(",3,4", ",3.5,4"), 1, /count/],
    ["half a day", GOOD.replace("1704067200000", "1704067200001"), 1, /open_time/],
    ["another close_time", GOOD.replace("1704153599999", "1704153600000"), 1, /close_time/],
    [
      "a day of another month",
      "1706745600000,1,2,0.5,1.5,10,1706831999999,15,3,4,5,0",
      1,
      /not within 2024-01-01 to 2024-01-31/,
    ],
    ["a day twice", `${GOOD}\n${GOOD}\n`, 2, /not after/],
    ["a second header", `${HEADER}\n${HEADER}\n${GOOD}`, 2, /column 1/],
    ["zeros", "\0\0\0\0", 2, /no row/],
  ])("with %s fails, and the error says where", (_, text, line, reason) => {
    let message = "";
    try {
      parse(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "CSV_BAD_ROW" });
      message = (error as Error).message;
    }
    expect(message).toMatch(new RegExp(`^line ${line} of`));
    expect(message).toMatch(reason);
  });

  it("of any bytes gives bars or a FileError, never anything else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from(GOOD), "\n", "\r", "e", "-", '"', "\0"), { maxLength: 150 }),
        (letters) => {
          try {
            for (const bar of parse(letters.join("")))
              for (const name of BAR_VALUES) expect(bar[name]).toBeGreaterThanOrEqual(0);
          } catch (error) {
            expect(error).toMatchObject({ code: "CSV_BAD_ROW" });
          }
        },
      ),
    );
  });
});
