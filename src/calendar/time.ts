/**
 * An instant in ISO 8601: `2024-03-02T09:36:43Z`, with milliseconds only where there are any
 * (`2024-03-02T09:36:43.250Z`).
 *
 * @param ms since the Unix epoch
 * @throws RangeError beyond what a JavaScript `Date` can hold.
 */
export function formatTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}

/**
 * As {@link formatTime}, with microseconds where there are any.
 *
 * @param micros since the Unix epoch
 */
export function formatMicros(micros: bigint): string {
  const below = Number(((micros % 1000n) + 1000n) % 1000n);
  const ms = Number((micros - BigInt(below)) / 1000n);
  if (below === 0) return formatTime(ms);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(below).padStart(3, "0")}Z`;
}
