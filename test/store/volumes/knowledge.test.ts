import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "../../../src/calendar/day.js";
import { openStore } from "../../../src/store/open.js";
import { volumeSpans } from "../../../src/store/volume-spans.js";
import { hasVolumes, volumeKnowledge } from "../../../src/store/volumes/knowledge.js";
import { temporaryFolder } from "../../support/database.js";
import { LATE } from "../../support/store.js";
import { monthsUnit, volumeWriterFor } from "./support.js";

const SYMBOLS = ["AUSDT", "BUSDT"];
const JANUARY = { from: dayOf("2024-01-01"), to: dayOf("2024-01-31") };
const MARCH = { from: dayOf("2024-03-01"), to: dayOf("2024-03-31") };

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(async () => {
  folder = temporaryFolder();
  file = join(folder.path, "a.duckdb");
  const { store, writer } = await volumeWriterFor(file, SYMBOLS);
  await writer.commit([0, 1].map((symbol) => monthsUnit(symbol, ["2024-01", "2024-03"], [JANUARY, MARCH])));
  await store.close();
});
afterEach(() => {
  folder.remove();
});

describe("what is known about volumes", () => {
  it("is the files read and the spans of days", async () => {
    const store = await openStore(file);
    expect(await hasVolumes(store)).toBe(true);
    const [first, none] = await volumeKnowledge(store, ["AUSDT", "CUSDT"], LATE);
    expect(first?.spans).toEqual([JANUARY, MARCH]);
    expect(first?.files.map(({ period }) => period).sort()).toEqual([JANUARY.from, MARCH.from]);
    expect(first?.holes).toEqual([]);
    expect(none).toEqual({ files: [], spans: [], holes: [] });
    await store.close();
  });

  it("excludes a span that was learnt in the future, and the files of its days, for the writer and readers alike", async () => {
    const store = await openStore(file);
    await store.connection.run(
      "UPDATE volume_spans SET known_at = known_at + INTERVAL 1 DAY WHERE symbol = 'AUSDT' AND from_date = DATE '2024-03-01'",
    );
    await store.connection.run("DELETE FROM daily_volumes WHERE date IN (DATE '2024-01-05', DATE '2024-03-05')");
    const [doubtful, sound] = await volumeKnowledge(store, SYMBOLS, LATE);
    expect(doubtful?.spans).toEqual([JANUARY]);
    expect(doubtful?.files.map(({ period }) => period)).toEqual([JANUARY.from]);
    expect(sound?.spans).toEqual([JANUARY, MARCH]);
    expect(sound?.files).toHaveLength(2);
    const read = await volumeSpans(store, LATE);
    expect(SYMBOLS.map((symbol) => read.get(symbol))).toEqual([doubtful?.spans, sound?.spans]);
    const [dayAfter] = await volumeKnowledge(store, SYMBOLS, LATE + 86_400_000);
    expect(dayAfter?.spans).toEqual([JANUARY, MARCH]);
    await store.close();
  });

  it("leaves days without a bar open only if their spans are believed", async () => {
    const store = await openStore(file);
    const hole = dayOf("2024-03-05");
    await store.connection.run("DELETE FROM daily_volumes WHERE date = DATE '2024-03-05'");
    const known = (time: string) => store.connection.run(`UPDATE volume_spans SET known_at = TIMESTAMP '${time}'`);
    await known("2024-03-07 00:00:00");
    const soon = dayOf("2024-03-07") * 86_400_000;
    expect((await volumeKnowledge(store, ["AUSDT"], soon))[0]?.holes).toEqual([{ from: hole, to: hole }]);
    expect((await volumeKnowledge(store, ["AUSDT"], soon - 1))[0]).toEqual({ files: [], spans: [], holes: [] });
    await known("2025-03-07 00:00:00");
    expect((await volumeKnowledge(store, ["AUSDT"], LATE))[0]?.holes).toEqual([]);
    await store.close();
  });
});
