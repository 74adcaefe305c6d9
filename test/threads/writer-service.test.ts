import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { PROBE_ROWS, type ProbeRows } from "../../src/rows/columns.js";
import { Counters } from "../../src/rows/counters.js";
import type { VolumeKnowledge } from "../../src/rows/volume-unit.js";
import { openStore } from "../../src/store/open.js";
import type { RunEnd } from "../../src/store/runs.js";
import { NO_VOLUMES } from "../../src/store/volumes/session.js";
import type { StoreFacts } from "../../src/store/writer.js";
import { BatchSender, MAX_CREDITS } from "../../src/threads/batch-sender.js";
import { UnitSender } from "../../src/threads/unit-sender.js";
import type { WriterMethod, WriterReply, WriterRequest } from "../../src/threads/writer-protocol.js";
import { WriterService } from "../../src/threads/writer-service.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { monthsUnit } from "../store/volumes/support.js";
import { D0, LATE } from "../support/store.js";

const SYMBOLS = ["AUSDT", "BUSDT", "CUSDT"];
const END: RunEnd = {
  ...{ endedAt: LATE + 1, probes: 0, available: 0, missing: 0, failed: 0, replays: 0, retries: 0 },
  ...{ connectionsOpened: 0, rowsWritten: 0, unitsWritten: 0, outcome: "whole" },
};

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
const open: (() => void)[] = [];
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "a.duckdb");
});
afterEach(() => {
  for (const close of open.splice(0)) close();
  folder.remove();
});

/** A writer's service on this thread, and the main thread's end of it. */
function served() {
  const { port1, port2 } = new MessageChannel();
  const service = new WriterService(port2);
  let sent = 0;
  let taken = 0;
  const awaited = new Map<number, () => void>();
  port2.on("message", () => awaited.get(++taken)?.());
  const post = (request: WriterRequest, transfer: MessagePort[] = []) => {
    sent++;
    port1.postMessage(request, transfer);
  };
  const replies: WriterReply[] = [];
  const waiting = new Set<() => void>();
  port1.on("message", (reply: WriterReply) => {
    replies.push(reply);
    for (const look of waiting) look();
  });
  open.push(() => {
    port1.close();
  });
  let ids = 0;
  const send = (method: WriterMethod, ...args: unknown[]): number => {
    const id = ++ids;
    post({ type: "call", id, method, args });
    return id;
  };
  const replyOf = (matches: (reply: WriterReply) => boolean): Promise<WriterReply> =>
    new Promise((resolve) => {
      const look = () => {
        const found = replies.find(matches);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const call = (method: WriterMethod, ...args: unknown[]): Promise<WriterReply> => {
    const id = send(method, ...args);
    return replyOf((reply) => "id" in reply && reply.id === id);
  };
  /** Resolves once the service has received all requests that were sent before. */
  const delivered = () =>
    new Promise<void>((resolve) => {
      if (taken === sent) resolve();
      else awaited.set(sent, resolve);
    });
  /** Resolves once all replies that the service has sent have arrived. */
  const echo = () => {
    port2.postMessage({ id: 0, value: undefined } satisfies WriterReply);
    return replyOf((reply) => "id" in reply && reply.id === 0);
  };
  /** A prober's port that is handed to the service. */
  const prober = (): { sender: BatchSender<ProbeRows>; port: MessagePort } => {
    const rows = new MessageChannel();
    const sender = new BatchSender(PROBE_ROWS, rows.port1);
    post({ type: "rows", port: rows.port2 }, [rows.port2]);
    open.push(() => {
      rows.port1.close();
    });
    return { sender, port: rows.port1 };
  };
  /** A prober's port for units of volumes that is handed to the service. */
  const volumes = (): { sender: UnitSender } => {
    const units = new MessageChannel();
    const sender = new UnitSender(units.port1);
    post({ type: "volumes", port: units.port2 }, [units.port2]);
    open.push(() => {
      units.port1.close();
    });
    return { sender };
  };
  const openFile = () => call("open", file, new SharedArrayBuffer(4));
  const begin = async (counters = new Counters()) => {
    await openFile();
    const run = { command: "test", from: D0, to: D0 + 9, symbolCount: SYMBOLS.length, startedAt: LATE };
    await call("begin", { run, symbols: SYMBOLS, counters: counters.buffer });
  };
  const beginDays = (days: number) => {
    const expected = new Map(Array.from({ length: days }, (_, day) => [D0 + day, SYMBOLS.length]));
    return call("beginStep", { by: "day", source: "head", expected });
  };
  return { service, send, call, replyOf, delivered, echo, prober, volumes, replies, openFile, begin, beginDays };
}

function addDay(sender: BatchSender<ProbeRows>, day: number, symbolIndexes = [0, 1, 2]): void {
  for (const symbolIndex of symbolIndexes) {
    sender.add({
      symbolIndex,
      day,
      status: 200,
      size: 100,
      lastModified: LATE - 5,
      etagHigh: 1,
      etagLow: 2,
      probedAt: LATE,
    });
  }
  sender.flush();
}

/** Resolves once that many messages have come from now on. */
function messages(port: MessagePort, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    port.on("message", () => {
      if (--left === 0) resolve();
    });
  });
}

const value = (reply: WriterReply) => ("value" in reply ? reply.value : reply);

describe("the writer's service", () => {
  it("opens a new file and reports what it knows: nothing", async () => {
    const { openFile, call } = served();
    const unknown = { discoveredAt: undefined, capturedAt: undefined, endpoints: undefined, hasVolumes: false };
    const facts: StoreFacts = { symbols: [], ...unknown, notices: [] };
    expect(value(await openFile())).toEqual(facts);
    expect(value(await call("recordDiscovery", ["AUSDT"], LATE))).toEqual({ added: ["AUSDT"], gone: [] });
    const wanted = { symbols: ["AUSDT"], from: D0, to: D0 + 1, rest: true };
    expect(value(await call("due", wanted, LATE))).toMatchObject({ spans: [[{ from: D0, to: D0 + 1 }]] });
    await call("close");
  });

  it("writes the complete units of a step, answers its end when all rows have come, and counts", async () => {
    const { begin, beginDays, call, prober, send, replyOf } = served();
    const counters = new Counters();
    await begin(counters);
    await beginDays(2);
    const { sender, port } = prober();
    const credits = messages(port, 2);
    const endId = send("endStep", 5);
    addDay(sender, D0);
    addDay(sender, D0 + 1, [0]);
    let ended = false;
    const end = replyOf((reply) => "id" in reply && reply.id === endId).then(() => (ended = true));
    // Each batch that was taken in gives a credit back, and calls are answered in order.
    await credits;
    await call("news");
    expect(ended).toBe(false);
    addDay(sender, D0 + 1, [1]);
    await end;
    expect(value(await call("finish"))).toMatchObject({ unitsWritten: 1, rowsWritten: 3 });
    expect(counters.read()).toMatchObject({ unitsWritten: 1, rowsWritten: 3 });
    await call("close", END);
    expect(await rowsOf(file, "SELECT symbol FROM daily_availability ORDER BY 1")).toEqual(
      SYMBOLS.map((name) => [name]),
    );
    expect(await rowsOf(file, "SELECT outcome FROM runs")).toEqual([["whole"]]);
    expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });

  it("gives a credit back for each batch, so that a prober can send more batches than it has credits", async () => {
    const { begin, beginDays, call, prober } = served();
    const days = MAX_CREDITS * 3;
    await begin();
    await beginDays(days);
    const { sender } = prober();
    for (let day = 0; day < days; day++) addDay(sender, D0 + day);
    expect(sender.ready()).toBeInstanceOf(Promise);
    await call("endStep", days * SYMBOLS.length);
    await sender.ready();
    expect(value(await call("finish"))).toMatchObject({ unitsWritten: days });
    await call("close", END);
  });

  describe("when a step has begun on a file that exists", () => {
    const copies = () => readdirSync(folder.path).filter((name) => name.startsWith(".a.duckdb.run-"));

    it("makes the copy to write to, without waiting for rows", async () => {
      await (await openStore(file)).close();
      const { begin, beginDays, call } = served();
      await begin();
      expect(copies()).toEqual([]);
      await beginDays(1);
      await expect.poll(copies).toHaveLength(1);
      await call("close", END);
      expect(await rowsOf(file, "SELECT outcome FROM runs")).toEqual([["whole"]]);
    });

    it("reports, without being asked, that the copy can't be made", async () => {
      await (await openStore(file)).close();
      const { begin, beginDays, call, replyOf } = served();
      await begin();
      rmSync(file);
      expect(await beginDays(1)).toMatchObject({ value: undefined });
      expect(await replyOf((reply) => !("id" in reply))).toMatchObject({ error: { code: "STORE_UNUSABLE" } });
      await call("close");
      expect(copies()).toEqual([]);
    });
  });

  it("takes in units of volumes, commits them when asked, and then says what is known", async () => {
    const { begin, call, volumes } = served();
    const counters = new Counters();
    await begin(counters);
    const nothing = { files: [], spans: [], holes: [] };
    expect(value(await call("volumeKnowledge", SYMBOLS, LATE))).toEqual([nothing, nothing, nothing]);
    const { sender } = volumes();
    const january = { from: dayOf("2024-01-01"), to: dayOf("2024-01-31") };
    // A unit is taken in before the next is sent.
    await sender.send(monthsUnit(0, ["2024-01"], [january]));
    await sender.send(monthsUnit(2, ["2024-01"], [january]));
    expect(value(await call("finish"))).toMatchObject({ unitsWritten: 0, rowsWritten: 0 });
    expect(value(await call("finishVolumes"))).toMatchObject({ unitsWritten: 2, rowsWritten: 62, differences: 0 });
    expect(counters.read()).toMatchObject({ symbolsWritten: 2, barsWritten: 62, unitsWritten: 0 });
    const [first, second] = value(await call("volumeKnowledge", SYMBOLS, LATE)) as VolumeKnowledge[];
    expect(first).toMatchObject({ spans: [january], files: [{ cadence: "monthly", period: january.from }] });
    expect(second).toEqual(nothing);
    // What comes after the end is dropped, and its sender is released.
    await sender.send(monthsUnit(1, ["2024-01"], [january]));
    expect(value(await call("close", END))).toEqual([]);
    expect(await rowsOf(file, "SELECT DISTINCT symbol FROM daily_volumes ORDER BY 1")).toEqual([["AUSDT"], ["CUSDT"]]);
    expect(await rowsOf(file, "SELECT count(*)::INT FROM runs")).toEqual([[1]]);
  });

  it("writes nothing without a unit of volumes, and leaves the file alone", async () => {
    const { openFile, begin, call } = served();
    await openFile();
    await call("recordDiscovery", SYMBOLS, LATE);
    await call("close");
    const before = statSync(file);
    await begin();
    expect(value(await call("finish"))).toMatchObject({ unitsWritten: 0 });
    expect(value(await call("finishVolumes"))).toEqual(NO_VOLUMES);
    await call("close", END);
    expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("reports once, without being asked, a unit of volumes that can't be written, and releases its sender", async () => {
    const { begin, call, volumes, replies, replyOf } = served();
    await begin();
    const { sender } = volumes();
    const span = { from: D0, to: D0 };
    // A time that can't be stored.
    await sender.send({ ...monthsUnit(0, ["2024-01"], [span]), knownAt: NaN });
    // It is committed with others, or after a while.
    expect(await replyOf((reply) => !("id" in reply))).toMatchObject({ error: {} });
    await sender.send(monthsUnit(0, ["2024-01"], [span]));
    expect(replies.filter((reply) => !("id" in reply))).toHaveLength(1);
    await call("close");
    expect(await rowsOf(file, "SELECT count(*)::INT FROM daily_volumes")).toEqual([[0]]);
  });

  it("answers a failed call with its error, and continues", async () => {
    const { call, openFile } = served();
    expect(await call("due", {})).toMatchObject({
      error: { message: expect.stringContaining("before the file") as string },
    });
    expect(await call("open", "/proc/nowhere/a.duckdb", new SharedArrayBuffer(4))).toMatchObject({
      error: { code: "STORE_UNUSABLE" },
    });
    await openFile();
    expect(await call("finish")).toMatchObject({ error: { message: "the writer was called outside of a run" } });
    expect(value(await call("close"))).toEqual([]);
  });

  it("reports once, without being asked, rows that can't be written, and still gives credits and closes", async () => {
    const { begin, beginDays, call, prober, replies, replyOf } = served();
    await begin();
    await beginDays(1);
    const { sender } = prober();
    for (let day = 5; day < 5 + MAX_CREDITS * 2; day++) addDay(sender, D0 + day);
    expect(await replyOf((reply) => !("id" in reply))).toMatchObject({
      error: { message: `day ${D0 + 5} is not a unit of the step` },
    });
    await sender.ready();
    expect(replies.filter((reply) => !("id" in reply))).toHaveLength(1);
    await call("close");
    expect(await rowsOf(file, "SELECT count(*) FROM daily_availability")).toEqual([[0n]]);
  });

  it("ends what is in progress when it drains, and takes nothing more in", async () => {
    const { service, begin, beginDays, prober, call, replies, replyOf, send, delivered, echo } = served();
    await begin();
    await beginDays(1);
    const { sender } = prober();
    addDay(sender, D0);
    await call("endStep", 3);
    const finishId = send("finish");
    await delivered();
    await service.drain();
    const finished = await replyOf((reply) => "id" in reply && reply.id === finishId);
    expect(value(finished)).toMatchObject({ unitsWritten: 1 });
    const before = replies.length;
    send("due", { symbols: SYMBOLS, from: D0, to: D0, rest: true }, LATE);
    await delivered();
    await echo();
    expect(replies).toHaveLength(before + 1);
  });
});
