/** `1,234,567` in every locale. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 day`, `3 days`; pass `many` for a plural that isn't made with an s. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : many}`;
}

/** The value rounded to one decimal. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
