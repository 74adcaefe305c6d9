import uPlot from "uplot";
import { DAY_MS, formatDay } from "../src/calendar/day.js";
import { el } from "./dom.js";
import { colour } from "./theme.js";
import { count } from "./words.js";

/** One line of a chart. */
export interface ChartSeries {
  label: string;
  /** One value per day; null leaves a gap. */
  values: (number | null)[];
  colour: string;
  /** Value for the legend, if it differs from the one drawn. */
  shown?: (index: number) => string;
}

/** Days that are marked below the lines. */
export interface ChartMarks {
  days: readonly number[];
  colour: string;
}

export interface ChartOptions {
  /** Description for screen readers. */
  label: string;
  from: number;
  series: readonly ChartSeries[];
  marks?: readonly ChartMarks[];
  isFilled: boolean;
  /** Label of a value on the axis. */
  axis?: (value: number) => string;
  onDay?: (day: number) => void;
}

const HEIGHT = 340;

/** Height of a lane of marks, and its share of the height of the lines. */
const MARK_HEIGHT = 9;
const LANE_SHARE = 0.05;

/** A chart over days. Dragging zooms, a double click resets the zoom. */
export function timeChart({
  label,
  from,
  series,
  marks = [],
  isFilled,
  axis = count,
  onDay,
}: ChartOptions): HTMLElement {
  const days = series[0]?.values.length ?? 0;
  const seconds = Array.from({ length: days }, (_, at) => ((from + at) * DAY_MS) / 1000);
  const host = el("div", { class: "chart", role: "img", "aria-label": label });
  const grid = { stroke: colour("line"), width: 1 };
  const ticks = { stroke: colour("line"), width: 1 };
  const font = "12px system-ui, sans-serif";
  const options: uPlot.Options = {
    width: 300,
    height: HEIGHT,
    tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
    cursor: { points: { size: 6 } },
    legend: { live: true },
    axes: [
      { stroke: colour("soft"), grid, ticks, font },
      {
        stroke: colour("soft"),
        grid,
        ticks,
        font,
        size: 58,
        values: (_, values) => values.map((value) => (value < 0 ? "" : axis(value))),
      },
    ],
    scales: {
      y: { range: (_, __, max) => [-marks.length * LANE_SHARE * Math.max(1, max), Math.max(1, max * 1.05)] },
    },
    series: [
      {
        label: "date",
        // The value is null when the pointer is outside the chart, despite the types.
        value: (_, second: number | null) => (second === null ? "–" : formatDay(Math.round((second * 1000) / DAY_MS))),
      },
      ...series.map((one): uPlot.Series => ({
        label: one.label,
        stroke: one.colour,
        width: isFilled ? 1 : 1.5,
        ...(isFilled ? { fill: one.colour } : {}),
        points: { show: false },
        spanGaps: false,
        value: (_, value: number | null, __, at) => {
          if (at === null || value === null) return "–";
          return one.shown?.(at) ?? axis(value);
        },
      })),
    ],
    hooks: {
      draw: [
        (plot) => {
          drawMarks(plot, marks);
        },
      ],
    },
  };
  const data: uPlot.AlignedData = [seconds, ...series.map(({ values }) => values)];
  const plot = new uPlot(options, data, host);
  plot.over.addEventListener("click", () => {
    const at = plot.cursor.idx;
    if (onDay !== undefined && typeof at === "number" && plot.select.width === 0) onDay(from + at);
  });
  new ResizeObserver(() => {
    if (host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height: HEIGHT });
  }).observe(host);
  return host;
}

/** Draws a tick at each marked day, with a separate lane above the axis for each kind. */
function drawMarks(plot: uPlot, marks: readonly ChartMarks[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  marks.forEach(({ days, colour: stroke }, lane) => {
    ctx.save();
    ctx.strokeStyle = stroke;
    ctx.lineWidth = ratio;
    ctx.beginPath();
    const bottom = bbox.top + bbox.height - (marks.length - 1 - lane) * (MARK_HEIGHT + 1) * ratio;
    for (const day of days) {
      const x = Math.round(plot.valToPos((day * DAY_MS) / 1000, "x", true)) + 0.5;
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.moveTo(x, bottom);
      ctx.lineTo(x, bottom - MARK_HEIGHT * ratio);
    }
    ctx.stroke();
    ctx.restore();
  });
}
