/** SQL: a DATE expression as a day number, an INTEGER that reads as a JavaScript number. */
export function dayNumber(expression: string): string {
  return `(${expression} - DATE '1970-01-01')::INTEGER`;
}
