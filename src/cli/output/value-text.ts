import type { CellValue } from "../../text/columns.js";

/**
 * A value as shown in tables and CSV: a list of names, such as symbols, separated by spaces; any other list or object
 * as JSON; null as an empty string.
 */
export function valueText(value: CellValue): string {
  if (value === null) return "";
  if (isListOfNames(value)) return value.join(" ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isListOfNames(value: CellValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && /^\S+$/.test(item));
}
