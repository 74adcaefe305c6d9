import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { StoreError } from "../errors.js";
import { recountDays, wrongCountDays } from "./counts.js";
import { openForWriting, readAttached, type Store, type WritableStore } from "./database.js";
import { toStoreError } from "./duckdb-error.js";
import { logsOf, makeFolder, pathOf, refuseSpecialFiles, syncPath } from "./file.js";
import { lockWriters, PUBLISHED, type RunLock } from "./lock.js";
import { isWritable, whyInPlace } from "./place.js";
import { SCHEMA_VERSION } from "./schema/migrate.js";
import {
  ABSENT,
  copyInto,
  isSameFile,
  keepUnpublished,
  leftoversOf,
  makeWorkingFolder,
  removeWorkingFolder,
  stateOf,
  tidyLeftover,
  type FileState,
  type WorkingFolder,
} from "./working-copy.js";

/** Maximum number of attempts to copy a file that changes in the meantime. */
const MAX_COPIES = 5;

/**
 * A run's view of a database file. The run reads the published file until it first writes; then it works in a copy
 * beside the file, which replaces it when the run closes: readers never wait for it, nor it for them. If no copy can
 * replace the file, the file is written in place.
 *
 * `docs/decisions` explains why this is safe when a process is killed or the power fails.
 */
export class RunFile {
  /** What the user should know, as text. */
  readonly notices: string[] = [];
  private readonly path: string;
  private lock: RunLock | undefined;
  private folder: WorkingFolder | undefined;
  private madeFrom: FileState = ABSENT;
  private reader: Store | undefined;
  private writer: WritableStore | undefined;
  private hasWritten = false;
  /** Whether the copy contains what a killed run had committed. */
  private isResumed = false;

  private constructor(private readonly file: string) {
    this.path = pathOf(file);
  }

  /**
   * Locks out other runs, and opens the file for reading. A new file is created in a working folder; what a killed run
   * left is resumed.
   *
   * @throws StoreError when the file is in use, foreign, of a newer schema, damaged or unusable.
   */
  static async open(file: string): Promise<RunFile> {
    const run = new RunFile(file);
    try {
      await run.start();
      return run;
    } catch (error) {
      if (run.writer === undefined) run.dropFolder();
      run.releaseAll();
      throw toStoreError(file, error);
    }
  }

  /** The current store: the published file, until {@link forWriting} is called. */
  get store(): Store {
    const store = this.writer ?? this.reader;
    if (store === undefined) throw new Error("the file is closed");
    return store;
  }

  /**
   * The store to write to; the first call makes the copy.
   *
   * @throws StoreError
   */
  async forWriting(): Promise<WritableStore> {
    this.hasWritten = true;
    try {
      return (this.writer ??= await this.openCopy());
    } catch (error) {
      throw toStoreError(this.file, error);
    }
  }

  /**
   * Publishes everything committed and closes the file. A second call does nothing.
   *
   * @throws StoreError when it can't be published: the copy is kept, and the next run continues with it.
   */
  async close(): Promise<void> {
    const { writer, folder } = this;
    try {
      this.writer = undefined;
      await writer?.close();
      if (folder !== undefined) {
        if (writer !== undefined && this.hasWritten) await this.publish(folder);
        this.dropFolder();
      } else if (writer !== undefined) {
        rmSync(writer.scratch, { recursive: true, force: true });
      }
    } catch (error) {
      throw toStoreError(this.file, error);
    } finally {
      this.releaseAll();
    }
  }

  /** Closes the file and discards what this run wrote to its own copy. */
  async discard(): Promise<void> {
    this.hasWritten = this.isResumed;
    try {
      await this.close();
    } finally {
      // On a full disk, even closing fails.
      if (!this.isResumed) this.dropFolder();
    }
  }

  private async start(): Promise<void> {
    const { file, path } = this;
    refuseSpecialFiles(file);
    if (existsSync(path) && !isWritable(path)) throw new Error("EACCES: the file is read-only");
    const reason = whyInPlace(path);
    if (reason !== undefined) {
      await this.openInPlace(reason);
      return;
    }
    makeFolder(dirname(path));
    this.lock = await lockWriters(path);
    if (logsOf(path).some((log) => existsSync(log))) await this.emptyLog();
    await this.resumeLeftovers();
    if (this.folder !== undefined) return;
    if (!existsSync(path)) {
      this.folder = makeWorkingFolder(path);
      await copyInto(this.folder, path, ABSENT);
      this.writer = await this.openInFolder(this.folder);
      return;
    }
    this.madeFrom = stateOf(path);
    await this.lock.lockPublished();
    const reader = await readAttached(file, await this.lock.connectPublished(), PUBLISHED);
    this.reader = reader;
    if (reader.version < SCHEMA_VERSION) await this.forWriting();
  }

  private async openInPlace(reason: string): Promise<void> {
    const { file, path } = this;
    const scratch = mkdtempSync(join(tmpdir(), ".bfa-"));
    const hasLog = logsOf(path).some((log) => existsSync(log));
    try {
      this.writer = await openForWriting({ file, path, scratch, isReplaceable: false });
      if (hasLog) await repairCounts(this.writer);
    } catch (error) {
      rmSync(scratch, { recursive: true, force: true });
      throw error;
    }
    this.notices.push(`${file} is written in place, because ${reason}: it can't be read until this run has ended`);
  }

  /** Moves the log into the file first: a copy would not open if it replaced a file that has a log. */
  private async emptyLog(): Promise<void> {
    const { file, path } = this;
    const folder = makeWorkingFolder(path);
    try {
      const store = await openForWriting({ file, path, scratch: folder.path, isReplaceable: false });
      await repairCounts(store);
      await store.close();
    } finally {
      removeWorkingFolder(folder);
    }
  }

  /** Resumes the copy of a killed run if it was made from the current file; otherwise keeps it under its own name. */
  private async resumeLeftovers(): Promise<void> {
    const { file, path } = this;
    for (const { folder, madeFrom } of leftoversOf(path)) {
      if (madeFrom === undefined) {
        removeWorkingFolder(folder);
      } else if (this.folder === undefined && madeFrom === stateOf(path)) {
        await this.guardPublished();
        await this.resume(folder, madeFrom);
      } else {
        await this.setAside(folder);
      }
    }
    if (this.isResumed) this.notices.push(`${file}: continuing with what a killed run had written`);
  }

  private async resume(folder: WorkingFolder, madeFrom: FileState): Promise<void> {
    let writer: WritableStore;
    try {
      tidyLeftover(folder);
      writer = await this.openInFolder(folder);
    } catch {
      await this.setAside(folder);
      return;
    }
    if ((await wrongCountDays(writer.connection)) > 0) {
      await writer.close();
      removeWorkingFolder(folder);
      this.notices.push(`${this.file}: what a killed run had written is damaged and was dropped; it is due again`);
      return;
    }
    this.writer = writer;
    this.folder = folder;
    this.madeFrom = madeFrom;
    this.hasWritten = true;
    this.isResumed = true;
  }

  private async setAside(folder: WorkingFolder): Promise<void> {
    // Opening moves its log into it; a copy that can't be opened is kept unchanged.
    await this.openInFolder(folder).then(
      (store) => store.close(),
      () => undefined,
    );
    const kept = keepUnpublished(folder, this.path);
    removeWorkingFolder(folder);
    this.notices.push(`a killed run left rows that no longer match ${this.file}; import them with: bfa import ${kept}`);
  }

  /** Copies the published file, which nobody else can write to from then on. */
  private async openCopy(): Promise<WritableStore> {
    const { path } = this;
    for (let attempt = 0; attempt < MAX_COPIES; attempt++) {
      const folder = makeWorkingFolder(path);
      this.folder = folder;
      const state = this.madeFrom;
      // Closing the copied file's handle drops this process's lock on it, so lock after copying, then check for
      // changes.
      await copyInto(folder, path, state);
      await this.reader?.close();
      await this.guardPublished();
      this.madeFrom = stateOf(path);
      if (this.madeFrom === state) {
        const writer = await this.openInFolder(folder);
        this.reader = undefined;
        return writer;
      }
      this.dropFolder();
      // What is due, and which server it belongs to, was read from the earlier file.
      if (!isSameFile(state, this.madeFrom)) throw replaced(this.file, "it has written nothing; run it again");
    }
    throw new StoreError("STORE_LOCKED", `${this.file} keeps changing: wait for its other writer to end, or stop it`);
  }

  private openInFolder({ path: scratch, copy }: WorkingFolder): Promise<WritableStore> {
    return openForWriting({ file: this.file, path: copy, scratch, isReplaceable: true });
  }

  /** Keeps others from writing to the published file, if there is one, while there is a copy of it. */
  private async guardPublished(): Promise<void> {
    if (existsSync(this.path)) await this.lock?.lockPublished();
  }

  private async publish(folder: WorkingFolder): Promise<void> {
    const { path } = this;
    await syncPath(folder.copy);
    this.refuseReplaced(folder);
    // A reader that this process closed in the meantime has dropped the lock.
    await this.guardPublished();
    this.refuseReplaced(folder);
    renameSync(folder.copy, path);
    await syncPath(dirname(path));
  }

  private refuseReplaced(folder: WorkingFolder): void {
    const { file, path } = this;
    if (stateOf(path) === this.madeFrom) return;
    const kept = keepUnpublished(folder, path);
    throw replaced(file, `its rows are in ${kept}; import them with: bfa import ${kept}`);
  }

  private dropFolder(): void {
    if (this.folder !== undefined) removeWorkingFolder(this.folder);
    this.folder = undefined;
  }

  private releaseAll(): void {
    void this.reader?.close();
    this.reader = undefined;
    this.lock?.release();
    this.lock = undefined;
  }
}

function replaced(file: string, rest: string): StoreError {
  return new StoreError("STORE_UNUSABLE", `${file} was replaced during this run: ${rest}`);
}

/** Recounts if only part of a truncated log was replayed: a file written in place can't be dropped. */
async function repairCounts({ connection }: WritableStore): Promise<void> {
  if ((await wrongCountDays(connection)) > 0) await recountDays(connection);
}
