import { describe, expect, it } from "vitest";
import { dayOf, type Day } from "../../src/calendar/day.js";
import { isDormant, mayBeLeftOut, mustBeLeftOut } from "./oracle/due.js";
import { changeOf } from "./oracle/journal.js";
import { provedMissingAt } from "./oracle/knowledge.js";
import { marketEvents } from "./oracle/market.js";
import { instant, Story } from "./story.js";

const THREE = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

/** The days from one date to another, both included. */
function days(from: string, to = from): Day[] {
  return Array.from({ length: dayOf(to) - dayOf(from) + 1 }, (_, i) => dayOf(from) + i);
}

/** Three symbols with files on all days, probed late enough to be final up to 2025-03-05. */
function threeSymbols(): Story {
  const story = new Story();
  for (const symbol of THREE) story.files(symbol, "2025-01-01", "2025-06-30");
  return story
    .list("2025-01-05")
    .probe(THREE, "2025-01-01", "2025-02-12", "2025-03-06")
    .probe(THREE, "2025-02-13", "2025-03-05", "2025-03-26");
}

describe("what is due is decided cell by cell", () => {
  it("a run over some symbols says nothing about the others", () => {
    const story = threeSymbols().probe(["BTCUSDT"], "2025-03-06", "2025-03-19", "2025-03-20");
    expect(story.condition("2025-03-10", "2025-03-20T10:00")).toEqual(["partial"]);
    expect(story.condition("2025-03-10", "2025-03-20T10:00", ["BTCUSDT"])).toEqual(["provisional"]);
    expect(story.condition("2025-03-10", "2025-03-20T10:00", ["ETHUSDT"])).toEqual(["unwritten"]);
    expect(story.due("ETHUSDT", "2025-03-06", "2025-03-20", "2025-03-21")).toEqual(days("2025-03-06", "2025-03-20"));
    expect(story.due("BTCUSDT", "2025-03-06", "2025-03-20", "2025-03-21")).toEqual(days("2025-03-06", "2025-03-20"));
  });

  it("nor does a run over one quote asset, however often", () => {
    const story = new Story().files("BTCUSDT", "2025-03-01", "2025-03-31").files("XRPUSDC", "2025-03-01", "2025-03-31");
    story.list("2025-03-02").probe(["BTCUSDT", "XRPUSDC"], "2025-03-01", "2025-03-06", "2025-03-07");
    for (const today of days("2025-03-08", "2025-03-13")) {
      const text = new Date(today * 86_400_000).toISOString().slice(0, 10);
      const yesterday = new Date((today - 1) * 86_400_000).toISOString().slice(0, 10);
      story.probe(["XRPUSDC"], yesterday, yesterday, text);
    }
    expect(story.due("BTCUSDT", "2025-03-01", "2025-03-13", "2025-03-14")).toEqual(days("2025-03-01", "2025-03-13"));
    expect(story.condition("2025-03-09", "2025-03-14")).toEqual(["partial"]);
    expect(story.condition("2025-03-09", "2025-03-14", ["XRPUSDC"])).toEqual(["provisional"]);
  });

  it("nor does a run over one day about the days before it", () => {
    const story = threeSymbols().probe(THREE, "2025-03-15", "2025-03-15", "2025-04-10");
    expect(story.due("SOLUSDT", "2025-03-01", "2025-03-20", "2025-04-10")).toEqual([
      ...days("2025-03-06", "2025-03-14"),
      ...days("2025-03-16", "2025-03-20"),
    ]);
    expect(story.condition("2025-03-15", "2025-04-10")).toEqual(["final"]);
    expect(story.condition("2025-03-10", "2025-04-10")).toEqual(["unwritten"]);
  });

  it("a failed cell stays a gap while the rest of its day is written", () => {
    const story = threeSymbols().probe(["BTCUSDT", "ETHUSDT"], "2025-03-06", "2025-03-10", "2025-03-31");
    expect(story.due("SOLUSDT", "2025-03-06", "2025-03-10", "2025-05-01")).toEqual(days("2025-03-06", "2025-03-10"));
    expect(story.due("ETHUSDT", "2025-03-06", "2025-03-10", "2025-05-01")).toEqual([]);
    expect(story.condition("2025-03-08", "2025-05-01")).toEqual(["partial"]);
  });

  it("a cell is due until a probe at D+20 or later", () => {
    const story = new Story().files("BTCUSDT", "2025-03-01", "2025-03-01").list("2025-03-05");
    story.probe(["BTCUSDT"], "2025-03-01", "2025-03-01", "2025-03-20T23:59");
    expect(story.due("BTCUSDT", "2025-03-01", "2025-03-01", "2025-03-21")).toEqual(days("2025-03-01"));
    expect(story.condition("2025-03-01", "2025-03-21")).toEqual(["provisional"]);
    story.probe(["BTCUSDT"], "2025-03-01", "2025-03-01", "2025-03-21T00:00");
    expect(story.due("BTCUSDT", "2025-03-01", "2025-03-01", "2025-03-21")).toEqual([]);
    expect(story.condition("2025-03-01", "2025-03-21")).toEqual(["final"]);
  });

  it("a cell is never due on a day that isn't over", () => {
    const story = threeSymbols();
    expect(story.due("BTCUSDT", "2025-03-25", "2025-03-31", "2025-03-27")).toEqual(days("2025-03-25", "2025-03-26"));
  });
});

describe("absence takes long to be true", () => {
  it("a hole stays due until D+90, and is late when it is filled", () => {
    const story = threeSymbols().none("ETHUSDT", "2025-02-01", "2025-02-01");
    story.files("ETHUSDT", "2025-02-01", "2025-02-01", { at: "2025-02-16T12:00" });
    story.probe(THREE, "2025-02-01", "2025-02-01", "2025-02-10");
    // This overwrites earlier probes of the story: the hole is what the last probe found.
    expect(story.due("ETHUSDT", "2025-02-01", "2025-02-01", "2025-02-20")).toEqual(days("2025-02-01"));
    story.probe(["ETHUSDT"], "2025-02-01", "2025-02-01", "2025-02-22");
    expect(story.changes).toContainEqual({ kind: "late", symbol: "ETHUSDT", day: dayOf("2025-02-01") });
  });

  it("it does so even once it was probed at D+20", () => {
    const story = new Story().files("ETHUSDT", "2025-01-01", "2025-06-30").none("ETHUSDT", "2025-02-01", "2025-02-01");
    story.list("2025-02-01").probe(["ETHUSDT"], "2025-01-01", "2025-03-31", "2025-05-01T23:00");
    expect(story.due("ETHUSDT", "2025-01-01", "2025-03-31", "2025-05-03")).toEqual(days("2025-02-01"));
    expect(story.condition("2025-02-01", "2025-05-03")).toEqual(["unpublished"]);
    story.probe(["ETHUSDT"], "2025-02-01", "2025-02-01", "2025-05-02T00:00");
    expect(story.due("ETHUSDT", "2025-01-01", "2025-03-31", "2025-05-03")).toEqual([]);
  });

  it("but a missing day after the last file is not a hole", () => {
    const story = new Story().files("ETHUSDT", "2025-01-01", "2025-02-10").list("2025-02-01");
    story.probe(["ETHUSDT"], "2025-01-01", "2025-03-10", "2025-04-05");
    expect(story.due("ETHUSDT", "2025-01-01", "2025-03-10", "2025-04-06")).toEqual([]);
  });

  it("a whole day that is uploaded on day 9 is unpublished until then, and never final before", () => {
    const story = new Story();
    for (const symbol of THREE) {
      story.files(symbol, "2024-06-01", "2024-06-30").none(symbol, "2024-06-11", "2024-06-12");
      story.files(symbol, "2024-06-11", "2024-06-12", { at: "2024-06-20T12:00" });
    }
    story.list("2024-06-05").probe(THREE, "2024-06-01", "2024-06-18", "2024-06-19");
    expect(story.condition("2024-06-11", "2024-06-19")).toEqual(["unpublished"]);
    expect(story.condition("2024-06-13", "2024-06-19")).toEqual(["provisional"]);
    story.probe(THREE, "2024-06-01", "2024-06-20", "2024-06-21");
    expect(story.condition("2024-06-11", "2024-06-21")).toEqual(["provisional"]);
    expect(story.changes.filter(({ kind }) => kind === "late")).toHaveLength(6);
  });

  it("an empty day becomes final only by a sweep after D+90", () => {
    const story = new Story();
    for (const symbol of THREE)
      story.files(symbol, "2025-01-01", "2025-06-30").none(symbol, "2025-02-01", "2025-02-01");
    story.list("2025-01-05").probe(THREE, "2025-01-01", "2025-05-10", "2025-06-05");
    expect(story.due("BTCUSDT", "2025-01-01", "2025-03-10", "2025-06-05")).toEqual([]);
    expect(story.condition("2025-02-01", "2025-06-05")).toEqual(["unpublished"]);
    story.knowledge.sweeps.push(instant("2025-05-01T23:00"));
    expect(story.condition("2025-02-01", "2025-06-05")).toEqual(["unpublished"]);
    story.knowledge.sweeps.push(instant("2025-06-05"));
    expect(story.condition("2025-02-01", "2025-06-05")).toEqual(["final"]);
  });
});

describe("dormant symbols", () => {
  function dormant(): Story {
    const story = new Story().files("BTCUSDT", "2025-01-01", "2025-12-31").files("LITUSDT", "2025-01-01", "2025-02-10");
    story.list("2025-01-05").probe(["BTCUSDT", "LITUSDT"], "2025-01-01", "2025-04-30", "2025-05-01");
    story.knowledge.looks.set("LITUSDT", instant("2025-05-01"));
    return story;
  }

  it("rest for a week while their newest cells have no rows; the days are provisional, not partial", () => {
    const story = dormant().probe(["BTCUSDT"], "2025-05-01", "2025-05-06", "2025-05-07");
    expect(story.due("LITUSDT", "2025-05-01", "2025-05-06", "2025-05-07")).toEqual([]);
    expect(mustBeLeftOut(story.knowledge, "LITUSDT", instant("2025-05-07"))).toBe(true);
    expect(story.condition("2025-05-05", "2025-05-07")).toEqual(["provisional"]);
    expect(story.condition("2025-05-05", "2025-05-07", ["LITUSDT"])).toEqual(["provisional"]);
  });

  it("are due after that week", () => {
    const story = dormant();
    expect(mayBeLeftOut(story.knowledge, "LITUSDT", instant("2025-05-09"))).toBe(false);
    expect(story.due("LITUSDT", "2025-05-01", "2025-05-08", "2025-05-09")).toEqual(days("2025-05-01", "2025-05-08"));
  });

  it("are not dormant just because nothing was probed for 60 days", () => {
    const story = new Story().files("BTCUSDT", "2025-01-01", "2025-12-31").list("2025-01-05");
    story.probe(["BTCUSDT"], "2025-01-01", "2025-02-10", "2025-02-11");
    expect(isDormant(story.knowledge, "BTCUSDT", instant("2025-06-01"))).toBe(false);
    expect(story.due("BTCUSDT", "2025-05-01", "2025-05-02", "2025-06-01")).toEqual(days("2025-05-01", "2025-05-02"));
    expect(story.condition("2025-05-01", "2025-06-01")).toEqual(["unwritten"]);
  });
});

describe("the journal", () => {
  const file = { size: 50_000, modified: 1_000, etag: "a".repeat(32) };
  const D = dayOf("2025-03-01");
  const at = (text: string) => instant(text);

  it("records replaced files: by size, time or ETag", () => {
    for (const other of [{ size: 50_001 }, { modified: 2_000 }, { etag: "b".repeat(32) }]) {
      const before = { file, probedAt: at("2025-03-05") };
      const after = { file: { ...file, ...other }, probedAt: at("2025-03-11") };
      expect(changeOf(before, after, D, false)).toEqual({ kind: "replaced", certain: true });
    }
    const same = { file, probedAt: at("2025-03-05") };
    expect(changeOf(same, { ...same, probedAt: at("2025-03-11") }, D, false)).toBeUndefined();
  });

  it("records removed files, and late ones that were missing at D+3 or later", () => {
    const there = { file, probedAt: at("2025-03-30") };
    const missing = (time: string) => ({ file: undefined, probedAt: at(time) });
    expect(changeOf({ file, probedAt: at("2025-03-05") }, missing("2025-03-11"), D, false)?.kind).toBe("removed");
    expect(changeOf(missing("2025-03-03T23:59"), there, D, false)).toBeUndefined();
    expect(changeOf(missing("2025-03-04T00:00"), there, D, false)).toEqual({ kind: "late", certain: true });
    expect(changeOf(undefined, there, D, false)).toBeUndefined();
    expect(changeOf(missing("2025-03-04T00:00"), missing("2025-03-30"), D, true)).toBeUndefined();
  });
});

describe("an answer never says more than is known", () => {
  const MANY = Array.from({ length: 10 }, (_, i) => `S${i}USDT`);

  function halfPublished(lacking: number): Story {
    const story = new Story();
    for (const [index, symbol] of MANY.entries()) {
      story.files(symbol, "2025-03-01", "2025-03-09");
      story.files(symbol, "2025-03-10", "2025-03-10", {
        at: index < lacking ? "2025-03-11T11:00" : "2025-03-11T08:00",
      });
    }
    return story.list("2025-03-05").probe(MANY, "2025-03-01", "2025-03-10", "2025-03-11T08:50");
  }

  it("a half-published day is unpublished, and provisional later", () => {
    const story = halfPublished(5);
    expect(story.condition("2025-03-10", "2025-03-11T09:00")).toEqual(["unpublished"]);
    expect(story.condition("2025-03-09", "2025-03-11T09:00")).toEqual(["provisional"]);
    // Of the five symbols in this query, fewer than five lack a file.
    expect(story.condition("2025-03-10", "2025-03-11T09:00", MANY.slice(3, 8))).toEqual(["provisional"]);
    story.probe(MANY, "2025-03-10", "2025-03-10", "2025-03-11T12:00");
    expect(story.condition("2025-03-10", "2025-03-11T12:00")).toEqual(["provisional"]);
  });

  it("four symbols without a file don't make a half-published day", () => {
    expect(halfPublished(4).condition("2025-03-10", "2025-03-11T09:00")).toEqual(["provisional"]);
  });

  it("a day with only one symbol is partial", () => {
    const story = threeSymbols().probe(["BTCUSDT"], "2025-03-10", "2025-03-10", "2025-03-11");
    expect(story.condition("2025-03-10", "2025-03-11")).toEqual(["partial"]);
    expect(story.condition("2025-03-10", "2025-03-11", ["BTCUSDT", "SOLUSDT"])).toEqual(["partial"]);
    expect(story.condition("2025-03-10", "2025-03-11", ["BTCUSDT"])).toEqual(["provisional"]);
  });

  it("a store of one quote asset answers for this asset", () => {
    const story = new Story().files("BTCUSDT", "2025-03-01", "2025-03-31").files("XRPUSDC", "2025-03-01", "2025-03-31");
    story.list("2025-03-05").probe(["XRPUSDC"], "2025-03-01", "2025-03-10", "2025-04-15");
    expect(story.condition("2025-03-05", "2025-04-15", ["XRPUSDC"])).toEqual(["final"]);
    expect(story.condition("2025-03-05", "2025-04-15")).toEqual(["partial"]);
    expect(story.condition("2025-03-05", "2025-04-15", ["BTCUSDT"])).toEqual(["unwritten"]);
  });

  it("a key that answers 403 for weeks affects only queries that include it", () => {
    const story = threeSymbols().probe(["BTCUSDT", "ETHUSDT"], "2025-03-06", "2025-03-20", "2025-04-15");
    expect(story.condition("2025-03-10", "2025-04-15")).toEqual(["partial"]);
    expect(story.condition("2025-03-10", "2025-04-15", ["BTCUSDT", "ETHUSDT"])).toEqual(["final"]);
  });
});

describe("a new name", () => {
  function newSymbol(): Story {
    return threeSymbols()
      .list("2025-03-27")
      .files("NEWUSDT", "2024-03-01", "2025-03-27", { at: "2025-03-27T12:00" })
      .list("2025-03-28");
  }

  it("has its whole past due immediately", () => {
    const story = newSymbol();
    expect(story.due("NEWUSDT", "2024-03-01", "2025-03-27", "2025-03-28")).toEqual(days("2024-03-01", "2025-03-27"));
  });

  it("makes older days provisional until then, not partial", () => {
    const story = newSymbol();
    expect(story.condition("2025-02-01", "2025-03-28")).toEqual(["provisional"]);
    story.probe(["NEWUSDT"], "2024-01-01", "2025-03-27", "2025-03-28");
    expect(story.condition("2025-02-01", "2025-03-28")).toEqual(["final"]);
    expect(story.age("NEWUSDT", "2025-03-27", "2025-03-28")).toEqual({
      first: dayOf("2024-03-01"),
      days: 391,
      exact: true,
    });
  });

  it("is proved missing by a listing that lacks it, on days that were over then", () => {
    const { knowledge } = newSymbol();
    const now = instant("2025-03-28");
    expect(provedMissingAt(knowledge, "NEWUSDT", dayOf("2025-03-26"), now)).toBe(instant("2025-03-27"));
    expect(provedMissingAt(knowledge, "NEWUSDT", dayOf("2025-03-27"), now)).toBeUndefined();
  });

  it("that is gone again is proved missing, and finally so from D+20", () => {
    const story = threeSymbols().files("NEWUSDT", "2025-02-01", "2025-02-05").list("2025-03-06");
    story.none("NEWUSDT", "2025-02-01", "2025-02-05", "2025-03-10T00:00").list("2025-03-26");
    expect(story.condition("2025-03-05", "2025-03-26", ["NEWUSDT"])).toContain("final");
    expect(story.condition("2025-03-05", "2025-03-26")).toContain("final");
    expect(story.condition("2025-03-05", "2025-03-26")).not.toContain("partial");
    expect(story.due("NEWUSDT", "2025-01-01", "2025-03-05", "2025-03-26")).toEqual([]);
  });
});

describe("a life is one contract's", () => {
  it("(a) a new one begins after 30 days without files", () => {
    const story = new Story().files("LITUSDT", "2021-02-21", "2024-03-10").files("LITUSDT", "2025-12-20", "2026-02-01");
    story.probe(["LITUSDT"], "2020-12-01", "2026-01-10", "2026-01-11T12:00");
    expect(story.age("LITUSDT", "2026-01-10", "2026-01-12")).toEqual({
      first: dayOf("2025-12-20"),
      days: 21,
      exact: true,
    });
    expect(story.age("LITUSDT", "2024-03-10", "2026-01-12")?.days).toBe(1113);
  });

  it.each([
    ["2024-04-08", 1],
    ["2024-04-09", 2],
  ])("a gap from 2024-03-10 to %s makes %i", (back, count) => {
    // 29 days without a file, then 30.
    const story = new Story().files("LITUSDT", "2024-01-01", "2024-03-09").files("LITUSDT", back, "2024-05-01");
    story.probe(["LITUSDT"], "2023-11-01", "2024-04-30", "2024-05-30");
    expect(story.lives("LITUSDT", "2024-06-01")).toHaveLength(count);
  });

  it("(b) or after 28 days of flat files, if the ticker has a settled folder", () => {
    const tell = () =>
      new Story()
        .files("LITUSDT", "2024-10-01", "2025-01-15")
        .files("LITUSDT", "2025-01-16", "2025-11-20", { bytes: 8_000 })
        .files("LITUSDT", "2025-11-21", "2025-12-31");
    const alone = tell().probe(["LITUSDT"], "2024-08-01", "2025-12-30", "2025-12-31");
    expect(alone.lives("LITUSDT", "2026-01-01")).toHaveLength(1);
    const settled = tell().files("LITUSDTSETTLED", "2024-12-01", "2025-01-20");
    settled.probe(["LITUSDT", "LITUSDTSETTLED"], "2024-08-01", "2025-12-30", "2025-12-31");
    expect(settled.lives("LITUSDT", "2026-01-01")).toEqual([
      [dayOf("2024-10-01"), dayOf("2025-11-20")],
      [dayOf("2025-11-21"), dayOf("2025-12-30")],
    ]);
    expect(settled.age("LITUSDT", "2025-12-30", "2026-01-01")?.days).toBe(39);
  });

  it.each([
    ["2025-02-12", 1],
    ["2025-02-13", 2],
  ])("(b) absent and flat days count together: live again on %s makes %i", (back, count) => {
    const story = new Story()
      .files("TLMUSDT", "2024-10-01", "2025-01-15")
      .files("TLMUSDT", "2025-01-20", "2025-02-11", { bytes: 9_999 })
      .files("TLMUSDT", back, "2025-03-31")
      .files("TLMUSDT_SETTLED", "2024-12-01", "2024-12-10");
    story.probe(["TLMUSDT", "TLMUSDT_SETTLED"], "2024-08-01", "2025-03-30", "2025-03-31");
    expect(story.lives("TLMUSDT", "2025-04-01")).toHaveLength(count);
  });

  it("(c) or after a shorter gap that starts the day after a settled folder's last file", () => {
    const tell = (settledLast: string) => {
      const story = new Story()
        .files("BNXUSDT", "2022-04-01", "2023-02-11")
        .files("BNXUSDT", "2023-02-22", "2023-04-30")
        .files("BNXUSDTSETTLED", "2022-04-01", "2022-08-31")
        .files("BNXUSDTSETTLED", "2023-02-01", settledLast);
      return story.probe(["BNXUSDT", "BNXUSDTSETTLED"], "2022-01-01", "2023-04-29", "2023-04-30");
    };
    const story = tell("2023-02-11");
    expect(story.age("BNXUSDT", "2023-02-28", "2023-05-01")).toEqual({
      first: dayOf("2023-02-22"),
      days: 6,
      exact: true,
    });
    expect(story.age("BNXUSDT", "2022-05-15", "2023-05-01")?.days).toBe(44);
    expect(tell("2023-02-10").lives("BNXUSDT", "2023-05-01")).toHaveLength(1);
  });

  it("a settled folder that overlaps breaks nothing, nor does one that is the delisting itself", () => {
    const story = new Story()
      .files("ICPUSDT", "2024-01-01", "2024-12-31")
      .files("ICPUSDT_SETTLED", "2024-02-01", "2024-03-10")
      .files("SXPUSDT", "2024-01-01", "2024-05-31")
      .files("SXPUSDTSETTLED", "2024-06-01", "2024-07-31");
    const names = ["ICPUSDT", "ICPUSDT_SETTLED", "SXPUSDT", "SXPUSDTSETTLED"];
    story.probe(names, "2023-11-01", "2024-12-30", "2024-12-31");
    expect(names.map((name) => story.lives(name, "2025-01-01").length)).toEqual([1, 1, 1, 1]);
  });

  it("comes with its listings and delistings", () => {
    const story = new Story().files("LITUSDT", "2024-01-01", "2024-03-10").files("LITUSDT", "2024-06-01", "2024-06-20");
    story.files("BTCUSDT", "2023-11-01", "2024-07-30");
    story.probe(["BTCUSDT", "LITUSDT"], "2023-11-01", "2024-07-30", "2024-08-30");
    const events = marketEvents(story.knowledge, "LITUSDT", instant("2024-08-30"));
    expect(events.map(({ event, day, certain }) => [event, day, certain])).toEqual([
      ["listing", dayOf("2024-01-01"), true],
      ["delisting", dayOf("2024-03-10"), true],
      ["relisting", dayOf("2024-06-01"), true],
      ["delisting", dayOf("2024-06-20"), true],
    ]);
  });

  it("a delisting is reported once the day after the last file is known to have none, but others on it", () => {
    const story = new Story().files("BTCUSDT", "2024-01-01", "2024-03-10").files("ETHUSDT", "2024-01-01", "2024-04-10");
    const delistings = (at: string) =>
      marketEvents(story.knowledge, "BTCUSDT", instant(at)).filter(({ event }) => event === "delisting");
    story.probe(["BTCUSDT"], "2023-11-01", "2024-03-29", "2024-03-30");
    expect(delistings("2024-03-30")).toEqual([]);
    story.probe(["BTCUSDT"], "2024-03-11", "2024-03-30", "2024-03-31");
    expect(delistings("2024-03-31")).toEqual([]);
    story.probe(["ETHUSDT"], "2024-03-11", "2024-03-11", "2024-03-31");
    expect(delistings("2024-03-31")).toMatchObject([{ day: dayOf("2024-03-10"), certain: true }]);
  });

  it("a settled folder is a separate contract only if it is apart from the name's files, and before some of them", () => {
    const story = new Story()
      .files("AERGOUSDTSETTLED", "2024-01-01", "2024-01-20")
      .files("AERGOUSDT", "2024-03-01", "2024-04-30")
      .files("SXPUSDT", "2024-01-01", "2024-03-31")
      .files("SXPUSDTSETTLED", "2024-03-01", "2024-03-31");
    story.probe(
      ["AERGOUSDTSETTLED", "AERGOUSDT", "SXPUSDT", "SXPUSDTSETTLED"],
      "2023-11-01",
      "2024-04-30",
      "2024-05-30",
    );
    const events = (ticker: string) =>
      marketEvents(story.knowledge, ticker, instant("2024-05-30")).map(({ event, symbol }) => `${event} ${symbol}`);
    expect(events("AERGOUSDT")).toEqual([
      "listing AERGOUSDTSETTLED",
      "delisting AERGOUSDTSETTLED",
      "relisting AERGOUSDT",
    ]);
    expect(events("SXPUSDT")).toEqual(["listing SXPUSDT", "delisting SXPUSDT"]);
  });
});

describe("ages that are only lower bounds", () => {
  it("come from a file with only three days", () => {
    const story = threeSymbols();
    const three = new Story();
    three.bucket.put("BTCUSDT", dayOf("2025-03-01"), 0, undefined);
    const known = new Story()
      .files("BTCUSDT", "2025-01-01", "2025-03-31")
      .probe(["BTCUSDT"], "2025-03-08", "2025-03-10", "2025-03-11");
    expect(known.age("BTCUSDT", "2025-03-10", "2025-03-11")).toEqual({
      first: dayOf("2025-03-08"),
      days: 2,
      exact: false,
    });
    expect(story.age("BTCUSDT", "2025-03-05", "2025-03-26")?.exact).toBe(false);
  });

  it("come from a missing day before the first file, which can be a hole", () => {
    const story = new Story().files("BTCUSDT", "2025-01-01", "2025-03-31").none("BTCUSDT", "2025-02-28", "2025-02-28");
    story.probe(["BTCUSDT"], "2025-02-28", "2025-03-10", "2025-03-11");
    expect(story.age("BTCUSDT", "2025-03-10", "2025-03-11")).toMatchObject({ days: 9, exact: false });
  });

  it("follow a gap that nobody probed", () => {
    const story = new Story()
      .files("BTCUSDT", "2025-01-01", "2025-06-30")
      .probe(["BTCUSDT"], "2024-11-01", "2025-01-31", "2025-06-20");
    story.probe(["BTCUSDT"], "2025-06-01", "2025-06-19", "2025-06-20");
    expect(story.age("BTCUSDT", "2025-01-31", "2025-06-20")).toMatchObject({ days: 30, exact: true });
    expect(story.age("BTCUSDT", "2025-06-19", "2025-06-20")).toMatchObject({ days: 18, exact: false });
  });
});

describe("clocks lie", () => {
  it("a probe from the future isn't believed", () => {
    const story = new Story().files("BTCUSDT", "2025-03-01", "2025-03-31").list("2025-03-05");
    story.probe(["BTCUSDT"], "2025-03-01", "2025-03-20", "2025-03-10", "2027-01-01");
    expect(story.condition("2025-03-15", "2027-01-02")).toEqual(["unpublished"]);
    // Its cells are either unknown or due, never what the probe found.
    expect(story.condition("2025-03-15", "2025-03-20")).toEqual(["provisional", "unpublished", "unwritten"]);
    expect(story.due("BTCUSDT", "2025-03-01", "2025-03-19", "2025-03-20")).toEqual(days("2025-03-01", "2025-03-19"));
    expect(story.age("BTCUSDT", "2025-03-05", "2025-03-20")).toBeUndefined();
  });
});
