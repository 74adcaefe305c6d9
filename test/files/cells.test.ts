import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { cellList, cellsToFetch, held, readRowList } from "../../src/files/cells.js";

const rows = [
  { date: "2024-03-02", symbol: "BTCUSDT" },
  { date: "2024-03-01", symbol: "币安人生USDT" },
];

describe("a list of cells", () => {
  it.each([
    ["CSV", "date,symbol\n2024-03-02,BTCUSDT\n2024-03-01,币安人生USDT\n"],
    [
      "CSV with other columns and a byte order mark",
      "\uFEFFrank,symbol,date\r\n1,BTCUSDT,2024-03-02\r\n2,币安人生USDT,2024-03-01\r\n",
    ],
    ["JSON", JSON.stringify(rows)],
    ["JSON of an answer", JSON.stringify({ condition: "final", conditions: [], definition: { top: 5 }, rows })],
    [
      "JSON of an answer with spans",
      JSON.stringify({ conditions: [{ condition: "partial", from: "a", to: "b" }], rows }),
    ],
    ["indented JSON", JSON.stringify({ condition: "final", rows }, undefined, 2)],
    ["NDJSON", rows.map((row) => `${JSON.stringify(row)}\n`).join("")],
  ])("is read from %s", async (_, text) => {
    const cells = cellList("universe", await readRowList(text));
    expect([...cells].map(([day, ofDay]) => [formatDay(day), [...ofDay.keys()]])).toEqual([
      ["2024-03-01", ["币安人生USDT"]],
      ["2024-03-02", ["BTCUSDT"]],
    ]);
  });

  it("is also read from a single line of NDJSON, and may be empty", async () => {
    expect(cellList("universe", await readRowList(JSON.stringify(rows[0]))).size).toBe(1);
    for (const text of ["date,symbol\n", "[]", '{"rows":[]}']) {
      expect(cellList("universe", await readRowList(text)).size, text).toBe(0);
    }
  });

  it.each([
    ["date,symbol\n2024-02-30,BTCUSDT\n", 'row 1: date "2024-02-30" is not a date; write YYYY-MM-DD'],
    ["date,symbol\n2024-03-01,../x\n", 'row 1: symbol "../x" is not a symbol'],
    ["date,symbol\n2024-03-01,\n", 'row 1: symbol "" is not a symbol'],
  ])("with %j is refused with the row", async (text, message) => {
    const read = await readRowList(text);
    expect(() => cellList("universe", read)).toThrow(message);
  });

  it.each(["{", '{"condition":"final"}', "[1]", '"a"\n', "date,name\n2024-03-01,BTCUSDT\n"])(
    "%j is not a list",
    async (text) => {
      await expect(readRowList(text).then((read) => cellList("universe", read))).rejects.toThrow();
    },
  );

  it("from a verification has what can be fetched, and nothing else counts as a verification", () => {
    const found = ["missing", "stale", "damaged", "incomplete", "unknown"].map((problem, at) => {
      return { date: `2024-03-0${at + 1}`, symbol: "BTCUSDT", problem };
    });
    const reasons = [...cellsToFetch("fromVerify", found).values()].map((ofDay) => ofDay.get("BTCUSDT"));
    expect(reasons).toEqual(["missing", "stale", "damaged", "incomplete"]);
    expect(() => cellsToFetch("fromVerify", rows)).toThrow("this is not the answer of a verification");
  });
});

describe("a universe that is held", () => {
  it("has, on each day, the members of the last date up to then", () => {
    const first = dayOf("2024-03-01");
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat(80), { nil: undefined }),
        (offsets, until) => {
          const members = offsets.map((offset) => ({ date: formatDay(first + offset), symbol: `S${offset}USDT` }));
          const cells = held(cellList("universe", members), until === undefined ? undefined : first + until);
          const [from, last] = [Math.min(...offsets), Math.max(...offsets)];
          const to = Math.max(last, until ?? last);
          expect([...cells.keys()]).toEqual(Array.from({ length: to - from + 1 }, (_, at) => first + from + at));
          for (const [day, ofDay] of cells) {
            const current = Math.max(...offsets.filter((offset) => first + offset <= day));
            expect([...ofDay.keys()]).toEqual([`S${current}USDT`]);
          }
        },
      ),
    );
  });
});
