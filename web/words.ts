import { DAY_MS, formatDay, parseDay } from "../src/calendar/day.js";

export { formatDay, parseDay };

/** `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 day`, `3 days`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `49.3 kB`. */
export function kilobytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toLocaleString("en-US", { maximumFractionDigits: 1 })} kB`;
}

/** How long ago an instant is, by this machine's clock: `3 days ago`. */
export function ago(time: string | number | null | undefined, now = Date.now()): string {
  if (typeof time !== "string") return "never";
  const hours = Math.floor((now - Date.parse(time)) / 3_600_000);
  if (hours < 1) return "less than an hour ago";
  return hours < 48 ? `${plural(hours, "hour")} ago` : `${plural(Math.floor((hours * 3_600_000) / DAY_MS), "day")} ago`;
}

/** A time, to the minute. */
export function minute(time: string | number | null | undefined): string {
  return typeof time === "string" ? `${time.slice(0, 16).replace("T", " ")} UTC` : "never";
}
