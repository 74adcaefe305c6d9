import { eachRun, eachTradeRun, type PageSymbol, type TradeLetter } from "../../src/publish/page-data.js";
import { STATE_WORDS } from "../cells.js";
import { timeChart } from "../chart.js";
import { loadSymbol } from "../data.js";
import { el, table, tile } from "../dom.js";
import type { Page, ViewMaker } from "../page.js";
import { routeHash } from "../routes.js";
import { colour } from "../theme.js";
import { count, formatDay, kilobytes, minute, plural } from "../words.js";

/** Consecutive days in the same state. */
interface Stretch {
  letter: keyof typeof STATE_WORDS;
  from: number;
  to: number;
}

/** One symbol: its files and their sizes, holes and changes. */
export const symbolView: ViewMaker = async (page, { about: name }) => {
  if (name === undefined) return allSymbols(page);
  const { market } = page;
  const symbol = market.symbols[page.rowOf.get(name) ?? -1];
  if (symbol === undefined) {
    return el("div", {}, el("h2", {}, name), el("p", {}, "There is no such symbol. The search above lists them all."));
  }
  const { from, sizes, quote_volumes: volumes } = await loadSymbol(name);
  const stretches = stretchesOf(symbol);
  const changes = market.changes.filter((change) => change.symbol === name);
  const files = sizes.filter((size) => size > 0);
  return el(
    "div",
    {},
    el("h2", {}, name, " ", el("small", {}, describe(symbol))),
    el(
      "dl",
      { class: "tiles" },
      tile("files", count(files.length), `of ${plural(sizes.length, "day")} in the index`),
      tile("first file", firstFile(symbol)),
      tile("last file", lastFile(symbol), symbol.lives.at(-1)?.ends === true ? "the contract has ended" : ""),
      tile("median size", files.length === 0 ? "–" : kilobytes(median(files))),
      tile("days without a file", count(daysIn(stretches, "h")), "inside a life"),
      tile("changes", count(changes.length), "late, replaced, removed"),
      symbol.trades === "" ? undefined : tile("days traded", count(daysTraded(symbol)), daysKnown(symbol)),
    ),
    el("h3", {}, "Size of each day's file"),
    timeChart({
      label: `Sizes of the files of ${name}, ${formatDay(from)} to ${formatDay(from + sizes.length - 1)}`,
      from,
      series: [{ label: "size", values: sizes.map((size) => (size > 0 ? size : null)), colour: colour("quote-0") }],
      marks: [
        {
          days: sizes.flatMap((_, at) => (isIn(stretches, "h", from + at) ? [from + at] : [])),
          colour: colour("cell-h"),
        },
        { days: changes.map(({ day }) => day), colour: colour("cell-r") },
      ],
      isFilled: false,
      axis: (value) => kilobytes(value),
      onDay: (day) => {
        location.hash = routeHash("day", formatDay(day));
      },
    }),
    el("p", { class: "hint" }, "Red ticks are holes, violet ones changes. A flat file has about 8 kB."),
    ...(symbol.trades === "" ? [] : volumeChart(name, from, volumes)),
    el(
      "div",
      { class: "columns" },
      table(
        "Lives",
        [{ name: "first file" }, { name: "last file" }, { name: "days", numeric: true }, { name: "ended" }],
        symbol.lives.map((life) => [
          ...[formatDay(life.from), formatDay(life.to), count(life.to - life.from + 1)],
          life.ends ? "yes" : "not known",
        ]),
      ),
      table(
        "Stretches",
        [{ name: "from" }, { name: "to" }, { name: "days", numeric: true }, { name: "what is known" }],
        stretches
          .toReversed()
          .map(({ letter, from: first, to }) => [
            ...[formatDay(first), formatDay(to), count(to - first + 1)],
            el("span", {}, el("i", { class: `key key-${letter}` }), STATE_WORDS[letter]),
          ]),
      ),
      changes.length === 0
        ? undefined
        : table(
            "Changes",
            [
              { name: "day" },
              { name: "change" },
              { name: "before", numeric: true },
              { name: "now", numeric: true },
              { name: "seen" },
            ],
            changes.map((change) => [
              ...[formatDay(change.day), change.kind, sizeText(change.old_size_bytes), sizeText(change.new_size_bytes)],
              minute(change.seen_at),
            ]),
          ),
    ),
  );
};

function allSymbols({ market }: Page): HTMLElement {
  return el(
    "div",
    {},
    el("h2", {}, "Symbols"),
    table(
      "Every symbol that was probed",
      [
        { name: "symbol" },
        { name: "quote" },
        { name: "class" },
        { name: "first file" },
        { name: "last file" },
        { name: "lives", numeric: true },
      ],
      market.symbols.map((symbol) => [
        el("a", { href: routeHash("symbol", symbol.symbol) }, symbol.symbol),
        ...[symbol.quote, symbol.class, firstFile(symbol), lastFile(symbol), count(symbol.lives.length)],
      ]),
      "tall",
    ),
  );
}

/** A chart of the known quote volumes. */
function volumeChart(name: string, from: number, volumes: readonly number[]): HTMLElement[] {
  return [
    el("h3", {}, "Quote volume of each day"),
    timeChart({
      label: `Quote volumes of ${name}, ${formatDay(from)} to ${formatDay(from + volumes.length - 1)}`,
      from,
      series: [
        {
          label: "quote volume",
          values: volumes.map((volume) => (volume < 0 ? null : volume)),
          colour: colour("quote-1"),
        },
      ],
      marks: [],
      isFilled: false,
      onDay: (day) => {
        location.hash = routeHash("day", formatDay(day));
      },
    }),
  ];
}

function describe({ class: kind, quote, underlying }: PageSymbol): string {
  return [kind, quote === "" ? "" : `quoted in ${quote}`, underlying === "" ? "" : `on ${underlying}`]
    .filter((part) => part !== "")
    .join(", ");
}

function daysTraded({ trades }: PageSymbol): number {
  return tradeDays(trades, (letter) => letter === "t");
}

function daysKnown({ trades }: PageSymbol): string {
  return `of ${plural(
    tradeDays(trades, (letter) => letter !== "u"),
    "day",
  )} with known volumes`;
}

function tradeDays(trades: string, wanted: (letter: TradeLetter) => boolean): number {
  let days = 0;
  eachTradeRun(trades, (letter, length) => {
    if (wanted(letter)) days += length;
  });
  return days;
}

function firstFile({ lives: [first] }: PageSymbol): string {
  return first === undefined ? "none" : formatDay(first.from);
}

function stretchesOf({ from, cells }: PageSymbol): Stretch[] {
  const stretches: Stretch[] = [];
  let day = from;
  eachRun(cells, (letter, length) => {
    stretches.push({ letter, from: day, to: day + length - 1 });
    day += length;
  });
  return stretches;
}

function isIn(stretches: readonly Stretch[], letter: string, day: number): boolean {
  return stretches.some((stretch) => stretch.letter === letter && stretch.from <= day && day <= stretch.to);
}

function daysIn(stretches: readonly Stretch[], letter: string): number {
  return stretches
    .filter((stretch) => stretch.letter === letter)
    .reduce((days, { from, to }) => days + to - from + 1, 0);
}

function lastFile({ lives }: PageSymbol): string {
  const last = lives.at(-1);
  return last === undefined ? "none" : formatDay(last.to);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function sizeText(bytes: number | null): string {
  return bytes === null ? "no file" : kilobytes(bytes);
}
