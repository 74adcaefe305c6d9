/** `1,234,567` in every locale. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 day`, `3 days`. */
export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}
