/** Sockets, threads and timers that keep this process alive, by kind. */
export function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /Worker|MessagePort|TCP|TLS|Timeout/.test(name))
    .sort();
}
