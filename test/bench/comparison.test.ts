import { describe, expect, it } from "vitest";
import { compare, UnequalWorkError, type ComparisonPlan, type Side } from "../../bench/frame/comparison.js";

function plan(sides: Side[], better: "higher" | "lower" = "lower"): ComparisonPlan {
  return { title: "A title", method: "A method", metrics: [{ id: "time", label: "time", unit: "ms", better }], sides };
}

/** A side that takes the given times, one per run, starting with the warm-up. */
function side(name: string, times: number[], work: string | undefined = "the same"): Side {
  let run = 0;
  return { name, role: "ours", run: () => Promise.resolve({ values: { time: times[run++] ?? NaN }, work }) };
}

describe("compare", () => {
  it("alternates the sides, after warming up each", async () => {
    const order: string[] = [];
    await compare(plan([side("A", []), side("B", [])]), 2, ({ name }, run) => order.push(`${name}${run}`));
    expect(order).toEqual(["A0", "B0", "A1", "B1", "A2", "B2"]);
  });

  it("leaves out the warm-up and takes ratios pair by pair", async () => {
    const { sides } = await compare(plan([side("A", [999, 10, 20, 60]), side("B", [999, 5, 5, 20])]), 3);
    expect(sides.map(({ metrics }) => metrics["time"]?.values)).toEqual([
      [10, 20, 60],
      [5, 5, 20],
    ]);
    expect(sides[1]?.ratio?.values).toEqual([2, 4, 3]);
    expect(sides[1]?.ratio?.median).toBe(3);
  });

  it("treats more as better where more is better", async () => {
    const { sides } = await compare(plan([side("A", [0, 100]), side("B", [0, 300])], "higher"), 1);
    expect(sides.map(({ ratio }) => ratio?.median)).toEqual([1, 3]);
  });

  it("fails when two sides did different work", async () => {
    const comparing = compare(plan([side("A", [], "327 rows"), side("B", [], "326 rows")]), 3);
    await expect(comparing).rejects.toThrow(UnequalWorkError);
    await expect(comparing).rejects.toThrow('"B" (326 rows) did not do the work of "A" (327 rows)');
  });

  it("fails when a side did different work in a later run", async () => {
    let run = 0;
    const fickle: Side = {
      name: "fickle",
      role: "ours",
      run: () => Promise.resolve({ values: { time: 1 }, work: run++ < 2 ? "327 rows" : "0 rows" }),
    };
    await expect(compare(plan([fickle]), 1)).resolves.toBeDefined();
    run = 0;
    await expect(compare(plan([fickle]), 2)).rejects.toThrow(UnequalWorkError);
  });

  it("lets a bound do different work", async () => {
    const bound: Side = {
      ...side("bound", [0, 1], undefined),
      role: "bound",
      run: () => Promise.resolve({ values: { time: 1 }, work: undefined }),
    };
    const { sides } = await compare(plan([side("A", [0, 10]), bound]), 1);
    expect(sides.map(({ name }) => name)).toEqual(["A", "bound"]);
  });

  it("says which side was noisy", async () => {
    const { sides } = await compare(plan([side("calm", [0, 10, 10, 10]), side("noisy", [0, 10, 20, 40])]), 3);
    expect(sides.map(({ noisy }) => noisy)).toEqual([false, true]);
  });
});
