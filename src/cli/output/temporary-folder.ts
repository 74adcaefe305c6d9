import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Folders in use. */
const folders = new Set<string>();

/** A private folder with a random name. */
export interface TemporaryFolder {
  path: string;
  /** Removes the folder with all that is in it. */
  remove(): void;
}

/**
 * Makes a private folder. It is also removed when a signal or `process.exit` ends the process.
 *
 * @param parent folder to make it in
 */
export function makeTemporaryFolder(parent: string): TemporaryFolder {
  const path = mkdtempSync(join(parent, ".bfa-"));
  if (folders.size === 0) startListening();
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

/** Ends the process as the signal alone would have done. */
function endBySignal(signal: NodeJS.Signals): void {
  removeAll();
  stopListening();
  process.kill(process.pid, signal);
}

function startListening(): void {
  process.on("exit", removeAll);
  for (const signal of SIGNALS) process.on(signal, endBySignal);
}

function stopListening(): void {
  process.off("exit", removeAll);
  for (const signal of SIGNALS) process.off(signal, endBySignal);
}
