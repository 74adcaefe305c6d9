/** A size: `812 B`, `265 kB`, `1.4 GB` (powers of 1,000). */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const scaled = count / 1000 ** power;
  return `${power === 0 || scaled >= 100 ? String(Math.round(scaled)) : scaled.toFixed(1)} ${units[power] ?? "B"}`;
}
