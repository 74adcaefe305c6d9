import type { MessagePort, Worker } from "node:worker_threads";
import { fromPlainError, ThreadError } from "../errors.js";
import type { WriterCalls, WriterMethod, WriterReply, WriterRequest } from "./writer-protocol.js";
import { takeWriter } from "./writer-thread.js";

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** The main thread's end of the writer thread, the only one that opens the database file. */
export class WriterClient {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  private lastId = 0;
  /** Rejects when rows can no longer be written, with the reason; never resolves. */
  readonly failed: Promise<never>;
  private announceFailure: (error: Error) => void = () => undefined;
  private death: Error | undefined;

  constructor() {
    this.worker = takeWriter();
    this.failed = new Promise((_resolve, reject) => {
      this.announceFailure = reject;
    });
    // Avoid an unhandled rejection if nobody is waiting for the writer.
    this.failed.catch(() => undefined);
    this.worker.on("message", (reply: WriterReply) => {
      this.settle(reply);
    });
    this.worker.on("error", (error) => {
      this.fail(new ThreadError(`the writer thread failed: ${error.message}`, { cause: error }));
    });
    this.exited = new Promise((resolve) => {
      this.worker.on("exit", (code) => {
        this.fail(new ThreadError(`the writer thread ended early (exit code ${code})`));
        resolve();
      });
    });
  }

  /**
   * Calls a method of the writer.
   *
   * @throws the writer's StoreError, or ThreadError when the thread has ended
   */
  call<M extends WriterMethod>(method: M, ...args: Parameters<WriterCalls[M]>): Promise<ReturnType<WriterCalls[M]>> {
    return new Promise((resolve, reject) => {
      if (this.death !== undefined) {
        reject(this.death);
        return;
      }
      const id = ++this.lastId;
      this.pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ type: "call", id, method, args } satisfies WriterRequest);
    });
  }

  /** Passes a prober's port for rows or for volume units to the writer. */
  connect(type: "rows" | "volumes", port: MessagePort): void {
    this.worker.postMessage({ type, port } satisfies WriterRequest, [port]);
  }

  /** Makes all calls fail, even later ones, because the thread has ended or no longer responds. */
  fail(error: ThreadError): void {
    this.death ??= error;
    this.announceFailure(this.death);
    for (const { reject } of this.pending.values()) reject(this.death);
    this.pending.clear();
  }

  /** Closes the file if it is still open, and ends the thread. A run that didn't call `close` stays unfinished. */
  async end(): Promise<void> {
    // The thread may be the reason for ending the run; then there is nothing left to close.
    await this.call("close", undefined).catch(() => undefined);
    await this.worker.terminate();
    await this.exited;
  }

  private settle(reply: WriterReply): void {
    if (!("id" in reply)) {
      this.announceFailure(fromPlainError(reply.error));
      return;
    }
    const call = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if ("error" in reply) call?.reject(fromPlainError(reply.error));
    else call?.resolve(reply.value);
  }
}
