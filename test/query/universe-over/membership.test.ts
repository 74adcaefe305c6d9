import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  choose,
  STANDING,
  type Choice,
  type Chosen,
  type Obstacle,
  type Size,
} from "../../../src/query/universe-over/membership.js";

/** A symbol with a file on a day. */
interface Candidate {
  symbol: string;
  value: number | undefined;
  first: number;
  obstacle: Obstacle;
}

/** A candidate of a contract that began on day 0. */
const one = (symbol: string, value?: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ symbol, first: 0, obstacle: "rank", value },
  ...more,
});
/** All symbols, in order of name. */
const SYMBOLS = ["A", "B", "C", "D", "S0", "S1", "S2", "S3", "S4", "S5"];
const choice = (end: number, candidates: Candidate[], lastFile = end): Choice => {
  const at = SYMBOLS.map((symbol) => candidates.find((candidate) => candidate.symbol === symbol));
  return {
    end,
    standings: Uint8Array.from(at, (candidate) => STANDING[candidate?.obstacle ?? "no_file"]),
    values: candidates.some(({ value }) => value !== undefined)
      ? Float64Array.from(at, (candidate) => candidate?.value ?? 0)
      : undefined,
    firstDay: (place) => at[place]?.first ?? end,
    lastFile: () => lastFile,
  };
};
/** The choices on several days, one after another. */
const chosen = (choices: readonly Choice[], size: Size) =>
  choices.reduce<Chosen[]>((all, next) => [...all, choose(all.at(-1), next, size)], []);
const nameOf = (place: number) => SYMBOLS[place] ?? "";
const symbols = ({ members }: Chosen) => Array.from(members, nameOf);
const ranked = ({ members, ranks }: Chosen) => Array.from(members, (place, index) => [nameOf(place), ranks?.[index]]);
const reasonsOf = ({ changes }: Chosen) =>
  changes.map(({ place, change, reason }) => `${nameOf(place)} ${change}: ${reason}`);

const TOP_2 = { top: 2, buffer: 1 };

describe("membership", () => {
  it("begins with the first ranks; equal values rank by name", () => {
    const [first] = chosen([choice(1, [one("A", 1), one("B", 5), one("C", 5), one("D", 9)])], TOP_2);
    expect(first && ranked(first)).toEqual([
      ["D", 1],
      ["B", 2],
    ]);
    expect(first && reasonsOf(first)).toEqual(["D entered: start", "B entered: start"]);
  });

  it("continues within the buffer, beside those that enter", () => {
    const days = chosen(
      [
        choice(1, [one("A", 9), one("B", 8), one("C", 7), one("D", 1)]),
        choice(2, [one("A", 9), one("B", 8), one("C", 10), one("D", 1)]),
        choice(3, [one("A", 9), one("B", 8), one("C", 10), one("D", 11)]),
      ],
      TOP_2,
    );
    expect(days.map(symbols)).toEqual([
      ["A", "B"],
      ["C", "A", "B"],
      ["D", "C", "A"],
    ]);
    expect(days.map(reasonsOf).slice(1)).toEqual([["C entered: rank"], ["D entered: rank", "B left: rank"]]);
  });

  it.each<[reason: string, before: Candidate[], after: Candidate[], reasons: string[]]>([
    ["a new contract", [], [one("A", 1, { first: 2 })], ["A entered: listed"]],
    ["a new file", [], [one("A", 1)], ["A entered: file"]],
    ["an age", [one("A", 1, { obstacle: "age" })], [one("A", 1)], ["A entered: age"]],
    ["a trade", [one("A", 1, { obstacle: "no_trade" })], [one("A", 1)], ["A entered: trade"]],
    ["volume", [one("A", 1, { obstacle: "volume" })], [one("A", 1)], ["A entered: volume"]],
    ["volumes that are known", [one("A", 1, { obstacle: "not_known" })], [one("A", 1)], ["A entered: known"]],
    ["no file", [one("A", 1)], [], ["A left: no_file"]],
    ["no trade", [one("A", 1)], [one("A", 1, { obstacle: "no_trade" })], ["A left: no_trade"]],
    ["another underlying", [one("A", 1)], [one("A", 1, { obstacle: "underlying" })], ["A left: underlying"]],
    ["the underlying", [one("A", 1, { obstacle: "underlying" })], [one("A", 1)], ["A entered: underlying"]],
    ["less volume", [one("A", 1)], [one("A", 1, { obstacle: "volume" })], ["A left: volume"]],
    [
      "a new contract under a member's name",
      [one("A", 1)],
      [one("A", 1, { first: 2 })],
      ["A entered: listed", "A left: delisted"],
    ],
    [
      "a new contract that is too young",
      [one("A", 1)],
      [one("A", 1, { first: 2, obstacle: "age" })],
      ["A left: delisted"],
    ],
  ])("gives the reason: %s", (_, before, after, reasons) => {
    const [, second] = chosen([choice(1, before), choice(2, after, 1)], TOP_2);
    expect(second && reasonsOf(second)).toEqual(reasons);
  });

  it("calls a member delisted after 30 days without a file", () => {
    const reasons = [30, 31].map(
      (end) => chosen([choice(1, [one("A", 1)]), choice(end, [], 1)], TOP_2).map(reasonsOf)[1],
    );
    expect(reasons).toEqual([["A left: no_file"], ["A left: delisted"]]);
  });

  it("has all candidates if there are no ranks, in order of name", () => {
    const [only] = chosen([choice(1, [one("A"), one("B", undefined, { obstacle: "age" }), one("C")])], {
      ...{ top: undefined, buffer: 0 },
    });
    expect(only && ranked(only)).toEqual([
      ["A", undefined],
      ["C", undefined],
    ]);
  });

  it("has those that enter by rank or stay within the buffer, and changes say exactly what moved", () => {
    const value = fc.integer({ min: 0, max: 4 });
    const candidate = fc.tuple(value, fc.constantFrom("rank" as const, "age" as const, "volume" as const));
    const day = fc.array(fc.option(candidate), { minLength: 6, maxLength: 6 });
    const size = fc.record({ top: fc.integer({ min: 1, max: 4 }), buffer: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 6 }), size, (days, { top, buffer }) => {
        const choices = days.map((of, end) =>
          choice(
            end + 1,
            of.flatMap((made, name) => (made === null ? [] : [one(`S${name}`, made[0], { obstacle: made[1] })])),
          ),
        );
        let held = new Set<string>();
        for (const [index, day] of chosen(choices, { top, buffer }).entries()) {
          const eligible = (days[index] ?? []).flatMap((made, name) =>
            made?.[1] === "rank" ? [{ symbol: `S${name}`, value: made[0] }] : [],
          );
          const above = (a: { symbol: string; value: number }, b: { symbol: string; value: number }) =>
            a.value > b.value || (a.value === b.value && a.symbol < b.symbol);
          const rankOf = (of: { symbol: string; value: number }) =>
            1 + eligible.filter((other) => above(other, of)).length;
          const wanted = eligible
            .filter((of) => rankOf(of) <= (held.has(of.symbol) ? top + buffer : top))
            .map((of) => [of.symbol, rankOf(of)]);
          const found = ranked(day);
          expect([...found].sort()).toEqual(wanted.sort());
          const moved = new Set(held);
          for (const { place, change } of day.changes) {
            const symbol = nameOf(place);
            expect(moved.has(symbol)).toBe(change === "left");
            if (change === "left") moved.delete(symbol);
            else moved.add(symbol);
          }
          held = new Set(found.map(([symbol]) => String(symbol)));
          expect(moved).toEqual(held);
        }
      }),
      { numRuns: 300 },
    );
  });
});
