/** Writer thread: the only one that opens the database. Answers the main thread's calls and takes the probers' rows. */
import { parentPort, type MessagePort } from "node:worker_threads";
import { toPlainError } from "../src/errors.js";
import type { CreditMessage } from "../src/threads/batch-sender.js";
import { startBeating } from "../src/threads/heartbeat.js";
import type { WriterCalls, WriterReply, WriterRequest } from "../src/threads/writer-protocol.js";
import type { RowBatch } from "../src/rows/batch.js";
import { Counters } from "../src/rows/counters.js";
import { UnitAssembler } from "../src/store/write/assemble.js";
import { gaps, lastFinalDay } from "../src/store/gaps.js";
import { maintain } from "../src/store/maintain.js";
import { openStore, type Store } from "../src/store/open.js";
import { beginRun, endRun } from "../src/store/runs.js";
import { knownSymbols, recordDiscovery } from "../src/store/symbols.js";
import { UnitWriter } from "../src/store/write/commit.js";
import { COMMIT_AFTER_MS, WriteSession } from "../src/store/write/session.js";

type Calls = { [M in keyof WriterCalls]: (...args: Parameters<WriterCalls[M]>) => Promise<ReturnType<WriterCalls[M]>> };

let store: Store | undefined;
let runId: number | undefined;
let session: WriteSession | undefined;
let failed = false;
let cellsAwaited = Infinity;
let allReceived: () => void = () => undefined;

const calls: Calls = {
  async open(file, beats) {
    startBeating(beats, 0);
    store = await openStore(file);
    return { ...(await knownSymbols(store)), lastFinalDay: await lastFinalDay(store) };
  },

  recordDiscovery: (names, now) => recordDiscovery(opened(), names, now),

  gaps: (query) => gaps(opened(), query),

  async begin({ run, symbols, counters }) {
    runId = await beginRun(opened(), run);
    const writer = await UnitWriter.create(opened(), { runId, symbols });
    const shared = new Counters(counters);
    session = new WriteSession(writer, (units, rows) => {
      shared.add("unitsWritten", units);
      shared.add("rowsWritten", rows);
    });
  },

  beginPart(part) {
    cellsAwaited = Infinity;
    return begun().beginPart(new UnitAssembler(part));
  },

  endPart(cells) {
    cellsAwaited = cells;
    return new Promise((resolve) => {
      allReceived = resolve;
      checkReceived();
    });
  },

  finish() {
    const ending = begun();
    session = undefined;
    return ending.finish();
  },

  async close(end) {
    session = undefined;
    if (store === undefined) return;
    if (end !== undefined && runId !== undefined) {
      await endRun(store, runId, end);
      await maintain(store);
    }
    const closing = store;
    store = undefined;
    await closing.close();
  },
};

function opened(): Store {
  if (store === undefined) throw new Error("the writer was called before the file was open");
  return store;
}

function begun(): WriteSession {
  if (session === undefined) throw new Error("the writer was called outside of a run");
  return session;
}

/** Everything that touches the file runs one after the other. */
let queue = Promise.resolve();
let dying = false;
function enqueue(work: () => Promise<void>): void {
  if (!dying) queue = queue.then(work);
}

// DuckDB's binding aborts the whole process when its thread ends while a call is under way, and the reason would be lost.
process.once("uncaughtException", (error) => {
  dying = true;
  const die = () =>
    setImmediate(() => {
      throw error;
    });
  queue.then(die, die);
});

/** A failed commit ends the writing, not the thread: the main thread is told at once, later rows are dropped. */
async function take(work: (session: WriteSession) => Promise<void>): Promise<void> {
  if (failed || session === undefined) return;
  try {
    await work(session);
  } catch (error) {
    failed = true;
    parentPort?.postMessage({ error: toPlainError(error) } satisfies WriterReply);
  }
  checkReceived();
}

function checkReceived(): void {
  if (session !== undefined && session.cellsReceived >= cellsAwaited) allReceived();
}

function connect(port: MessagePort): void {
  port.on("message", (batch: RowBatch) => {
    enqueue(async () => {
      await take((session) => session.add(batch));
      port.postMessage({ credits: 1 } satisfies CreditMessage);
    });
  });
}

async function answer(id: number, method: keyof WriterCalls, args: unknown[]): Promise<void> {
  let reply: WriterReply;
  try {
    // The client's types tie each method to its arguments; the message can't.
    const call = calls[method] as (...args: unknown[]) => Promise<unknown>;
    reply = { id, value: await call(...args) };
  } catch (error) {
    reply = { id, error: toPlainError(error) };
  }
  parentPort?.postMessage(reply);
}

parentPort?.on("message", (request: WriterRequest) => {
  if (request.type === "rows") connect(request.port);
  // It waits for rows, so it must not hold up the queue that takes them in.
  else if (request.method === "endPart") void answer(request.id, request.method, request.args);
  else enqueue(() => answer(request.id, request.method, request.args));
});

setInterval(() => {
  enqueue(() => take((session) => session.commitIfDue()));
}, COMMIT_AFTER_MS).unref();
