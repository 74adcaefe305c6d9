import { countDays, type Span } from "../calendar/span.js";
import { column } from "../text/columns.js";
import { dateText } from "./select.js";

/** Columns of consecutive days, as facts list them. */
export const SPAN_COLUMNS = {
  from: column("date", "first day"),
  to: column("date", "last day"),
  days: column("count", "number of days"),
};

/** A span as facts list it. */
export function spanRow(span: Span) {
  return { from: dateText(span.from), to: dateText(span.to), days: countDays([span]) };
}
