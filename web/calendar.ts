import { LETTERS, NOT_PROBED, STATE_WORDS } from "./cells.js";
import { drawAxis, drawCursor, drawNames } from "./calendar-frame.js";
import { el } from "./dom.js";
import { paint } from "./heat-map.js";
import type { Page } from "./page.js";
import { colour, palette, pixel } from "./theme.js";
import { formatDay } from "./words.js";

/** Order of the symbols in a calendar. */
export type CalendarOrder = "first" | "last" | "name";

export interface CalendarOptions {
  /** First and last day shown at first. */
  from: number;
  to: number;
  /** Called with a description of the cell under the pointer or the cursor. */
  onCell: (text: string) => void;
  onOpen: (symbol: string) => void;
  /** Called with the first and last day shown after a zoom or a move. */
  onSpan: (from: number, to: number) => void;
}

/** Space for the dates above and the names on the left, CSS pixels. */
const AXIS_HEIGHT = 24;
const NAMES_WIDTH = 118;
const NARROW_NAMES_WIDTH = 76;

/** Row heights, CSS pixels; from the third on there is space for names. */
const ROW_HEIGHTS = [2, 5, 11, 15, 20] as const;

/** Minimum number of days shown. */
const MIN_DAYS = 14;

/** A map of all symbols and days, of which a canvas draws the part scrolled into view. */
export class Calendar {
  readonly element: HTMLElement;
  private readonly canvas = el("canvas", { "aria-hidden": true });
  private readonly spacer = el("div", { class: "spacer" });
  private from: number;
  private to: number;
  private height = 2;
  private cursor: { at: number; day: number } | undefined;
  private isQueued = false;
  private drag: { x: number; from: number; moved: boolean } | undefined;

  constructor(
    private readonly page: Page,
    private readonly rows: readonly number[],
    private readonly options: CalendarOptions,
  ) {
    const { first_day: first, last_day: last } = page.market;
    [this.from, this.to] = [Math.max(first, options.from), Math.min(last, Math.max(options.to, options.from)) + 1];
    this.element = el(
      "div",
      { class: "heat", tabindex: 0, role: "group", "aria-label": "Calendar of symbols and days" },
      this.canvas,
      this.spacer,
    );
    this.listen();
  }

  /** @param factor by which to multiply the number of days shown; the cursor, or else the middle, keeps its position */
  zoom(factor: number, at = this.cursor?.day ?? (this.from + this.to) / 2): void {
    const { first_day: first, last_day: last } = this.page.market;
    const days = Math.min(last - first + 1, Math.max(MIN_DAYS, (this.to - this.from) * factor));
    const share = (at - this.from) / (this.to - this.from);
    this.show(at - share * days, days);
  }

  /** Increases or decreases the row height by a number of steps. */
  grow(steps: number): void {
    const middle = (this.element.scrollTop + this.element.clientHeight / 2) / this.rowHeight;
    this.height = Math.min(ROW_HEIGHTS.length - 1, Math.max(0, this.height + steps));
    this.layOut();
    this.element.scrollTop = middle * this.rowHeight - this.element.clientHeight / 2;
    this.queue();
  }

  showAll(): void {
    this.show(this.page.market.first_day, Infinity);
  }

  private get rowHeight(): number {
    return ROW_HEIGHTS[this.height] ?? ROW_HEIGHTS[0];
  }

  private get namesWidth(): number {
    return this.element.clientWidth < 600 ? NARROW_NAMES_WIDTH : NAMES_WIDTH;
  }

  private show(from: number, days: number): void {
    const { first_day: first, last_day: last } = this.page.market;
    const shown = Math.min(days, last + 1 - first);
    this.from = Math.min(last + 1 - shown, Math.max(first, from));
    this.to = this.from + shown;
    this.options.onSpan(Math.floor(this.from), Math.ceil(this.to) - 1);
    this.queue();
  }

  private listen(): void {
    const { element } = this;
    new ResizeObserver(() => {
      this.layOut();
      this.draw();
    }).observe(element);
    element.addEventListener("scroll", () => {
      this.queue();
    });
    element.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.dayAt(event.clientX));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        this.show(this.from + event.deltaX * this.daysPerPixel, this.to - this.from);
      }
    });
    element.addEventListener("pointerdown", (event) => {
      this.drag = { x: event.clientX, from: this.from, moved: false };
    });
    element.addEventListener("pointermove", (event) => {
      this.pointTo(event);
    });
    element.addEventListener("pointerup", (event) => {
      const wasMoved = this.drag?.moved === true;
      this.drag = undefined;
      if (!wasMoved) this.open(event);
    });
    element.addEventListener("pointerleave", () => {
      this.drag = undefined;
    });
    element.addEventListener("keydown", (event) => {
      this.press(event);
    });
  }

  private pointTo(event: PointerEvent): void {
    const { drag } = this;
    if (drag !== undefined && event.buttons === 1) {
      const by = event.clientX - drag.x;
      if (Math.abs(by) > 3) drag.moved = true;
      if (drag.moved) this.show(drag.from - by * this.daysPerPixel, this.to - this.from);
      return;
    }
    const at = this.rowAt(event.clientY);
    const day = Math.floor(this.dayAt(event.clientX));
    if (at === undefined || day < this.from || day >= this.to) return;
    this.setCursor(at, day, false);
  }

  private open(event: PointerEvent): void {
    const symbol = this.symbolAt(this.rowAt(event.clientY));
    if (symbol !== undefined && event.button === 0) this.options.onOpen(symbol);
  }

  private press(event: KeyboardEvent): void {
    const { market } = this.page;
    const { at, day } = this.cursor ?? {
      at: Math.ceil(this.element.scrollTop / this.rowHeight),
      day: Math.floor((this.from + this.to) / 2),
    };
    const page = Math.max(1, Math.floor((this.element.clientHeight - AXIS_HEIGHT) / this.rowHeight) - 1);
    const step = event.shiftKey ? 30 : 1;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => {
        this.setCursor(at, day - step, true);
      },
      ArrowRight: () => {
        this.setCursor(at, day + step, true);
      },
      ArrowUp: () => {
        this.setCursor(at - 1, day, true);
      },
      ArrowDown: () => {
        this.setCursor(at + 1, day, true);
      },
      PageUp: () => {
        this.setCursor(at - page, day, true);
      },
      PageDown: () => {
        this.setCursor(at + page, day, true);
      },
      Home: () => {
        this.setCursor(at, market.first_day, true);
      },
      End: () => {
        this.setCursor(at, market.last_day, true);
      },
      "+": () => {
        this.zoom(0.5);
      },
      "-": () => {
        this.zoom(2);
      },
      Enter: () => {
        const symbol = this.symbolAt(this.cursor?.at);
        if (symbol !== undefined) this.options.onOpen(symbol);
      },
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
  }

  /** @param isFollowed whether to scroll the cursor into view */
  private setCursor(at: number, day: number, isFollowed: boolean): void {
    const { first_day: first, last_day: last } = this.page.market;
    const cursor = {
      at: Math.min(this.rows.length - 1, Math.max(0, at)),
      day: Math.min(last, Math.max(first, day)),
    };
    this.cursor = cursor;
    this.options.onCell(this.cellText(cursor));
    if (isFollowed) {
      const days = this.to - this.from;
      if (cursor.day < this.from) this.show(cursor.day, days);
      if (cursor.day >= this.to) this.show(cursor.day + 1 - days, days);
      const [top, view] = [cursor.at * this.rowHeight, this.element.clientHeight - AXIS_HEIGHT];
      const { scrollTop } = this.element;
      if (top < scrollTop) this.element.scrollTop = top;
      else if (top + this.rowHeight > scrollTop + view) this.element.scrollTop = top + this.rowHeight - view;
    }
    this.queue();
  }

  private cellText({ at, day }: { at: number; day: number }): string {
    const { matrix } = this.page;
    const letter = LETTERS[matrix.cells[(this.rows[at] ?? 0) * matrix.days + day - matrix.from] ?? NOT_PROBED] ?? "u";
    return `${this.symbolAt(at) ?? ""}, ${formatDay(day)}: ${STATE_WORDS[letter]}`;
  }

  private symbolAt(at: number | undefined): string | undefined {
    return at === undefined ? undefined : this.page.market.symbols[this.rows[at] ?? -1]?.symbol;
  }

  private get daysPerPixel(): number {
    return (this.to - this.from) / Math.max(1, this.element.clientWidth - this.namesWidth);
  }

  private dayAt(clientX: number): number {
    return this.from + (clientX - this.element.getBoundingClientRect().left - this.namesWidth) * this.daysPerPixel;
  }

  private rowAt(clientY: number): number | undefined {
    const y = clientY - this.element.getBoundingClientRect().top - AXIS_HEIGHT;
    const at = Math.floor((y + this.element.scrollTop) / this.rowHeight);
    return y < 0 || at >= this.rows.length ? undefined : at;
  }

  private layOut(): void {
    const { clientWidth, clientHeight } = this.element;
    const ratio = devicePixelRatio;
    [this.canvas.width, this.canvas.height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    [this.canvas.style.width, this.canvas.style.height] = [`${clientWidth}px`, `${clientHeight}px`];
    const below = this.rows.length * this.rowHeight + AXIS_HEIGHT - clientHeight;
    this.spacer.style.height = `${Math.max(0, below)}px`;
  }

  private queue(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      this.draw();
    });
  }

  private draw(): void {
    const { canvas, rows, page } = this;
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null || canvas.width === 0) return;
    performance.mark("calendar-start");
    const ratio = devicePixelRatio;
    const [left, top] = [Math.round(this.namesWidth * ratio), Math.round(AXIS_HEIGHT * ratio)];
    context.fillStyle = colour("paper");
    context.fillRect(0, 0, canvas.width, canvas.height);
    const image = context.createImageData(Math.max(1, canvas.width - left), Math.max(1, canvas.height - top));
    const rowHeight = Math.round(this.rowHeight * ratio);
    const scrolled = Math.round(this.element.scrollTop * ratio);
    paint(new Uint32Array(image.data.buffer), {
      ...{ matrix: page.matrix, rows, top: scrolled, rowHeight, width: image.width, height: image.height },
      ...{ fromColumn: this.from - page.matrix.from, toColumn: this.to - page.matrix.from },
      ...{ palette: palette(), background: pixel(colour("paper")) },
    });
    context.putImageData(image, left, top);
    const frame = { context, ratio, left, top, width: canvas.width, height: canvas.height };
    const names = rows.map((row) => page.market.symbols[row]?.symbol ?? "");
    drawNames(frame, names, rowHeight, scrolled);
    drawAxis(frame, this.from, this.to);
    if (this.cursor !== undefined)
      drawCursor(frame, this.cursor, { from: this.from, to: this.to, rowHeight, scrolled });
    performance.measure("calendar", "calendar-start");
  }
}
