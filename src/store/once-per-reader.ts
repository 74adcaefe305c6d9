import type { Store } from "./open.js";

/**
 * Wraps a function so that it reads each open file only once: readers keep every writer out, so a file can't change
 * while it is open. A file that is open for writing is read by every call.
 *
 * @param isLasting whether a value also holds for calls with other arguments
 * @example
 * ```ts
 * const dayCount = oncePerReader((store: Store) => numberOf(store.connection, "SELECT count(*) FROM daily_symbol_counts"));
 * ```
 */
export function oncePerReader<Args extends readonly unknown[], Value>(
  read: (store: Store, ...args: Args) => Promise<Value>,
  isLasting: (value: Value, store: Store, ...args: Args) => boolean | Promise<boolean> = () => true,
): (store: Store, ...args: Args) => Promise<Value> {
  const cached = new WeakMap<Store, { value: Value }>();
  return async (store, ...args) => {
    const before = cached.get(store);
    if (before !== undefined) return before.value;
    const value = await read(store, ...args);
    if (store.access === "read" && (await isLasting(value, store, ...args))) cached.set(store, { value });
    return value;
  };
}
