import { compare, type Side } from "../../bench/frame/comparison.js";
import { describeMachine } from "../../bench/frame/machine.js";
import type { Report } from "../../bench/frame/report.js";

/** A report with a bar chart and a line chart, made by the bench code from invented runs. */
export async function exampleReport(date = "2026-11-23T12:00:00.000Z"): Promise<Report> {
  const metric = { id: "rate", label: "probes", unit: "1/s", better: "higher" } as const;
  const side = (name: string, rate: number): Side => {
    let run = 0;
    return {
      name,
      role: "ours",
      run: () => Promise.resolve({ values: { rate: rate * (1 + 0.01 * run++) }, work: "327 rows" }),
    };
  };
  const bars = await compare(
    {
      title: "Pooled | unpooled",
      method: "Some <b>HEADs</b> & more",
      metrics: [metric],
      sides: [side("unpooled", 700), side("<script>alert(1)</script>", 12_400)],
      skipped: [{ name: "wrk", why: "not installed: apt install wrk" }],
    },
    3,
  );
  const lines = await compare(
    {
      title: "Connections",
      method: "Some HEADs",
      metrics: [metric],
      lines: { xLabel: "connections" },
      sides: [8, 64].flatMap((x) =>
        [0, 40].map((rtt) => ({
          ...side(`${rtt} ms, ${x}`, (x * 1000) / (rtt + 1)),
          point: { line: `${rtt} ms`, x },
        })),
      ),
    },
    3,
  );
  const targets = [{ what: "HEADs per second", wanted: "30,000", measured: "12,400", met: false }];
  return {
    date,
    machine: describeMachine(),
    quick: false,
    runs: 3,
    benches: [{ name: "probe", elapsedMs: 1234, comparisons: [bars, lines], targets, notes: ["A note."] }],
  };
}
