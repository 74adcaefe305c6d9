import { DAY_MS } from "../src/calendar/day.js";
import { colour } from "./theme.js";
import { formatDay } from "./words.js";

/** Geometry of a calendar; all lengths in canvas pixels. */
export interface Frame {
  context: CanvasRenderingContext2D;
  /** Canvas pixels per CSS pixel. */
  ratio: number;
  /** Origin of the cells. */
  left: number;
  top: number;
  /** Size of the whole canvas. */
  width: number;
  height: number;
}

/** Minimum space for an axis label, CSS pixels. */
const LABEL_WIDTH = 64;

/** Minimum height of rows that are labelled, CSS pixels. */
const MIN_NAMED_HEIGHT = 10;

/** Draws the names of the rows on the left. */
export function drawNames(
  { context, ratio, left, top, height }: Frame,
  names: readonly string[],
  rowHeight: number,
  scrolled: number,
): void {
  context.fillStyle = colour("paper");
  context.fillRect(0, top, left, height - top);
  if (rowHeight < MIN_NAMED_HEIGHT * ratio) return;
  context.font = `${Math.round(Math.min(12, rowHeight / ratio) * ratio)}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.fillStyle = colour("ink");
  context.save();
  context.beginPath();
  context.rect(0, top, left, height - top);
  context.clip();
  const first = Math.floor(scrolled / rowHeight);
  for (let at = first; at < names.length && at * rowHeight - scrolled < height - top; at++) {
    context.fillText(names[at] ?? "", left - 6 * ratio, top + (at + 0.5) * rowHeight - scrolled, left - 8 * ratio);
  }
  context.restore();
}

/** Draws the dates above the cells: years, months or days, depending on the space. */
export function drawAxis({ context, ratio, left, top, width }: Frame, from: number, to: number): void {
  context.fillStyle = colour("paper");
  context.fillRect(0, 0, width, top);
  context.font = `${12 * ratio}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = colour("soft");
  context.strokeStyle = colour("line");
  context.lineWidth = ratio;
  const pixelsPerDay = (width - left) / (to - from);
  for (const { day, text } of axisDays(from, to, (LABEL_WIDTH * ratio) / pixelsPerDay)) {
    const x = left + (day - from) * pixelsPerDay;
    if (x > width - 30 * ratio) continue;
    context.fillText(text, x + 4 * ratio, top / 2);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, top * 0.2);
    context.lineTo(Math.round(x) + 0.5, top);
    context.stroke();
  }
}

/**
 * The days of an axis with their labels.
 *
 * @param apart minimum number of days between labels
 */
export function axisDays(from: number, to: number, apart: number): { day: number; text: string }[] {
  const first = Math.ceil(from);
  const days: { day: number; text: string }[] = [];
  if (apart <= 28) {
    const step = Math.max(1, Math.ceil(apart));
    for (let day = first; day < to; day += step) days.push({ day, text: formatDay(day).slice(5) });
    return days;
  }
  const months = [1, 3, 6, 12, 24, 48].find((each) => each * 28 >= apart) ?? 48;
  const start = new Date(first * DAY_MS);
  for (let month = start.getUTCFullYear() * 12; ; month += months) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
    if (day >= to) return days;
    const date = formatDay(day);
    if (day >= first) days.push({ day, text: months >= 12 ? date.slice(0, 4) : date.slice(0, 7) });
  }
}

/** Draws a box around the cell under the cursor. */
export function drawCursor(
  { context, ratio, left, top, width, height }: Frame,
  { at, day }: { at: number; day: number },
  { from, to, rowHeight, scrolled }: { from: number; to: number; rowHeight: number; scrolled: number },
): void {
  const pixelsPerDay = (width - left) / (to - from);
  const x = left + (day - from) * pixelsPerDay;
  const y = top + at * rowHeight - scrolled;
  if (x < left || x > width || y < top || y > height) return;
  context.strokeStyle = colour("ink");
  context.lineWidth = 1.5 * ratio;
  context.strokeRect(x - ratio, y - ratio, Math.max(pixelsPerDay, 3 * ratio) + ratio, rowHeight + ratio);
}
