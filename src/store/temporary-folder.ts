import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { outputError } from "./output-error.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Folders in use. */
const folders = new Set<string>();

/** A private folder with a random name: nobody else can create or follow anything in it. */
export interface TemporaryFolder {
  path: string;
  /** Removes the folder with everything in it. */
  remove(): void;
}

/**
 * Creates a private folder. It is also removed when a signal or `process.exit` ends the process.
 *
 * @param parent folder to create it in
 * @param purpose the file that it is for, for the message
 * @throws OutputError or UsageError when it can't be created
 */
export function makeTemporaryFolder(parent: string, purpose: string = join(parent, ".bfa-")): TemporaryFolder {
  let path: string;
  // Listen before creating the folder: a signal in between would leave it behind.
  if (folders.size === 0) startListening();
  try {
    path = mkdtempSync(join(parent, ".bfa-"));
  } catch (error) {
    if (folders.size === 0) stopListening();
    throw outputError(purpose, error);
  }
  folders.add(path);
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      folders.delete(path);
      if (folders.size === 0) stopListening();
    },
  };
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Ends the process as the signal would by default, unless there is another listener for it. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  stopListening();
  process.kill(process.pid, signal);
}

function startListening(): void {
  process.on("exit", removeAll);
  // Prepended, because a `once` listener is gone after it has run, but must count as another listener.
  for (const signal of SIGNALS) process.prependListener(signal, endBySignal);
}

function stopListening(): void {
  process.off("exit", removeAll);
  for (const signal of SIGNALS) process.off(signal, endBySignal);
}
