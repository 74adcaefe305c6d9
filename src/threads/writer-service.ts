import type { MessagePort } from "node:worker_threads";
import { toPlainError } from "../errors.js";
import type { ProbeBatch } from "../rows/batch.js";
import { Counters } from "../rows/counters.js";
import type { VolumeUnit } from "../rows/volume-unit.js";
import { COMMIT_AFTER_MS } from "../store/write/session.js";
import { Writer } from "../store/writer.js";
import type { CreditMessage } from "./batch-sender.js";
import { startBeating } from "./heartbeat.js";
import type { UnitTaken } from "./unit-sender.js";
import type { WriterCalls, WriterMethod, WriterReply, WriterRequest } from "./writer-protocol.js";

type Calls = { [M in WriterMethod]: (...args: Parameters<WriterCalls[M]>) => Promise<ReturnType<WriterCalls[M]>> };

/**
 * Serves a writer over a port: answers calls and receives rows, one after the other, because all of it uses the file.
 */
export class WriterService {
  private writer: Writer | undefined;
  private failed = false;
  private isBeating = false;
  private dying = false;
  private queue = Promise.resolve();

  /** @param port port to the main thread */
  constructor(private readonly port: MessagePort) {
    port.on("message", (request: WriterRequest) => {
      if (request.type === "drain") void this.answerDrained(request.port);
      else if (request.type === "rows") this.connectRows(request.port);
      else if (request.type === "volumes") this.connectVolumes(request.port);
      // `endStep` waits for rows, so it must not block the queue that receives them.
      else if (request.method === "endStep") void this.answer(request.id, request.method, request.args);
      else this.enqueue(() => this.answer(request.id, request.method, request.args));
    });
    const commits = setInterval(() => {
      this.enqueue(() => this.write((writer) => writer.commitIfDue(performance.now())));
    }, COMMIT_AFTER_MS).unref();
    port.once("close", () => {
      clearInterval(commits);
    });
  }

  /** Begins nothing any more, and resolves when current work has ended. */
  drain(): Promise<void> {
    this.dying = true;
    return this.queue;
  }

  private readonly calls: Calls = {
    open: async (file, beats) => {
      if (!this.isBeating) startBeating(beats, 0);
      this.isBeating = true;
      this.writer = await Writer.open(file);
      return await this.writer.facts();
    },
    recordDiscovery: (names, now) => this.opened().recordDiscovery(names, now),
    recordCapture: (capture) => this.opened().recordCapture(capture),
    announcedDelistings: (now) => this.opened().announcedDelistings(now),
    adopt: (endpoints) => this.opened().adopt(endpoints),
    due: (wanted, now) => this.opened().due(wanted, now),
    conditions: (wanted) => this.opened().conditions(wanted),
    begin: ({ run, symbols, counters }) => {
      this.opened().begin(run, symbols, new Counters(counters));
      return Promise.resolve();
    },
    beginStep: async (step) => {
      await this.opened().beginStep(step);
      // After the reply: the probers work while the copy is made.
      this.enqueue(() => this.write((writer) => writer.prepare()));
    },
    endStep: (cellCount) => this.opened().endStep(cellCount),
    finish: () => this.opened().finish(),
    volumeKnowledge: (symbols, now) => this.opened().volumeKnowledge(symbols, now),
    finishVolumes: () => this.opened().finishVolumes(),
    news: (now) => this.opened().news(now),
    close: async (end) => {
      const { writer } = this;
      this.writer = undefined;
      return (await writer?.close(end)) ?? [];
    },
  };

  private opened(): Writer {
    if (this.writer === undefined) throw new Error("the writer was called before the file was open");
    return this.writer;
  }

  private enqueue(work: () => Promise<void>): void {
    this.queue = this.queue.then(() => (this.dying ? undefined : work()));
  }

  private async answerDrained(port: MessagePort): Promise<void> {
    await this.drain();
    port.postMessage("drained");
  }

  private connectVolumes(volumes: MessagePort): void {
    volumes.on("message", (unit: VolumeUnit) => {
      this.enqueue(async () => {
        await this.write((writer) => writer.receiveVolumes(unit));
        volumes.postMessage("taken" satisfies UnitTaken);
      });
    });
  }

  private connectRows(rows: MessagePort): void {
    rows.on("message", (batch: ProbeBatch) => {
      this.enqueue(async () => {
        await this.write((writer) => writer.receive(batch));
        rows.postMessage({ credits: 1 } satisfies CreditMessage);
      });
    });
  }

  /** A failed commit ends the writing, not the thread: the main thread is notified immediately, and later rows are dropped. */
  private async write(work: (writer: Writer) => Promise<void>): Promise<void> {
    if (this.failed || this.writer === undefined) return;
    try {
      await work(this.writer);
    } catch (error) {
      this.failed = true;
      this.reply({ error: toPlainError(error) });
    }
  }

  private async answer(id: number, method: WriterMethod, args: unknown[]): Promise<void> {
    try {
      // The client's types connect each method with its arguments; those of the message can't.
      const call = this.calls[method] as (...args: unknown[]) => Promise<unknown>;
      this.reply({ id, value: await call(...args) });
    } catch (error) {
      this.reply({ id, error: toPlainError(error) });
    }
  }

  private reply(reply: WriterReply): void {
    this.port.postMessage(reply);
  }
}

/**
 * Makes this thread the writer. DuckDB's binding aborts the whole process if its thread ends during a call, and the
 * reason would be lost. So an uncaught error ends the thread only after all calls have ended.
 */
export function serveWriter(port: MessagePort): void {
  const service = new WriterService(port);
  process.once("uncaughtException", (error) => {
    const die = () =>
      setImmediate(() => {
        throw error;
      });
    service.drain().then(die, die);
  });
}
