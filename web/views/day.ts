import { LETTERS, NOT_PROBED, STATE_WORDS } from "../cells.js";
import { loadMonth } from "../data.js";
import { choice, el } from "../dom.js";
import { symbolFilters } from "../filters.js";
import { passesFilter, type Page, type ViewMaker } from "../page.js";
import { routeHash, type Route } from "../routes.js";
import { formatDay, kilobytes, parseDay, plural, count } from "../words.js";

/** A symbol on a day. */
interface Member {
  symbol: string;
  quote: string;
  class: string;
  underlying: string;
  letter: keyof typeof STATE_WORDS;
  /** Days since the start of the life that contains the day. */
  age: number;
  size: number;
  /** In whole units; 0 without a trade, -1 if unknown. */
  volume: number;
}

const COLUMNS = {
  symbol: "symbol",
  quote: "quote",
  class: "class",
  age: "age, days",
  size: "size",
  volume: "quote volume",
  letter: "what is known",
} as const;
type ColumnName = keyof typeof COLUMNS;

/** Columns with numbers. */
const NUMERIC: readonly string[] = ["age", "size", "volume"];

/** If the volumes of a symbol are unknown, a file that is not flat counts as traded. */
function shownChoices({ hasVolumes }: Page): [string, string][] {
  return [
    ["", "with a file"],
    ["traded", hasVolumes ? "traded" : "with a file that is not flat"],
    ["all", "every probed symbol"],
  ];
}

/** The universe of a day: the symbols with a file, with filters and sorting. */
export const dayView: ViewMaker = async (page, route) => {
  const { market } = page;
  const asked = route.about === undefined ? undefined : parseDay(route.about);
  const day = Math.min(market.last_day, Math.max(market.first_day, asked ?? market.last_day));
  const members = await membersOf(page, day);
  const { options } = route;
  const shown = members.filter((member) => passes(member, options)).sort(order(options));
  const go = (change: Record<string, string>, about = formatDay(day)) => {
    location.hash = routeHash("day", about, { ...options, ...change });
  };
  const condition = market.conditions.find(({ from, to }) => from <= day && day <= to)?.condition ?? "unwritten";
  return el(
    "div",
    {},
    el("h2", {}, `Universe of ${formatDay(day)} `, el("small", {}, condition)),
    el("div", { class: "bar" }, ...dayTools(page, day, go), ...filters(page, options, go)),
    el(
      "p",
      { class: "hint", role: "status" },
      `${plural(shown.length, "symbol")}; a ticker can have files under its own name and under a settled one.`,
    ),
    memberTable(page, shown, options, go),
  );
};

async function membersOf({ market, matrix }: Page, day: number): Promise<Member[]> {
  const month = await loadMonth(day);
  const column = day - market.first_day;
  return market.symbols.flatMap((symbol, row) => {
    const letter = LETTERS[matrix.cells[row * matrix.days + column] ?? NOT_PROBED] ?? "u";
    if (letter === "u") return [];
    const life = symbol.lives.find(({ from, to }) => from <= day && day <= to);
    const size = Math.max(0, month.sizes[symbol.symbol]?.[day - month.from] ?? 0);
    const volume = month.quote_volumes[symbol.symbol]?.[day - month.from] ?? -1;
    const { symbol: name, quote, class: kind, underlying } = symbol;
    const age = life === undefined ? -1 : day - life.from;
    return [{ symbol: name, quote, class: kind, underlying, letter, age, size, volume }];
  });
}

function passes(member: Member, { shown = "", age = "", ...filter }: Route["options"]): boolean {
  if (!passesFilter(member, filter)) return false;
  if (shown !== "all" && member.size === 0) return false;
  if (shown === "traded" && (member.volume < 0 ? member.letter === "f" : member.volume === 0)) return false;
  return member.age >= Number(age === "" ? -1 : age);
}

function order({ sort = "symbol" }: Route["options"]): (a: Member, b: Member) => number {
  const isDescending = sort.startsWith("-");
  const name = sort.replace("-", "") as ColumnName;
  const key = Object.hasOwn(COLUMNS, name) ? name : "symbol";
  return (a, b) => {
    const [one, other] = isDescending ? [b, a] : [a, b];
    return one[key] < other[key] ? -1 : one[key] > other[key] ? 1 : a.symbol < b.symbol ? -1 : 1;
  };
}

type Go = (change: Record<string, string>, about?: string) => void;

function dayTools({ market }: Page, day: number, go: Go): HTMLElement[] {
  const [min, max] = [formatDay(market.first_day), formatDay(market.last_day)];
  const input = el("input", { type: "date", value: formatDay(day), min, max });
  input.addEventListener("change", () => {
    if (parseDay(input.value) !== undefined) go({}, input.value);
  });
  const step = (text: string, label: string, to: number) =>
    el(
      "button",
      {
        ...{ type: "button", "aria-label": label, disabled: to < market.first_day || to > market.last_day },
        onclick: () => {
          go({}, formatDay(to));
        },
      },
      text,
    );
  return [
    step("‹", "the day before", day - 1),
    el("label", { class: "field" }, el("span", {}, "Day"), input),
    step("›", "the day after", day + 1),
  ];
}

function filters(
  page: Page,
  { quote, contract, underlying, shown = "", age = "" }: Route["options"],
  go: Go,
): HTMLElement[] {
  const minAge = el("input", { type: "number", min: 0, max: 5000, step: 1, value: age, placeholder: "0" });
  minAge.addEventListener("change", () => {
    go({ age: minAge.value });
  });
  return [
    ...symbolFilters(page, { quote, contract, underlying }, go),
    choice("Symbols", shownChoices(page), shown, (value) => {
      go({ shown: value });
    }),
    el("label", { class: "field" }, el("span", {}, "Minimum age in days"), minAge),
  ];
}

function memberTable(
  { hasVolumes }: Page,
  members: readonly Member[],
  { sort = "symbol" }: Route["options"],
  go: Go,
): HTMLElement {
  const columns = Object.entries(COLUMNS).filter(([name]) => hasVolumes || name !== "volume");
  const heads = columns.map(([name, text]) => {
    const direction = sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none";
    const next = sort === name ? `-${name}` : name;
    const mark = { ascending: " ▲", descending: " ▼", none: "" }[direction];
    const onclick = () => {
      go({ sort: next });
    };
    return el(
      "th",
      { scope: "col", "aria-sort": direction, class: NUMERIC.includes(name) && "number" },
      el("button", { type: "button", onclick }, text + mark),
    );
  });
  const rows = members.map((member) =>
    el(
      "tr",
      {},
      el("td", {}, el("a", { href: routeHash("symbol", member.symbol) }, member.symbol)),
      el("td", {}, member.quote),
      el("td", {}, member.class),
      el("td", { class: "number" }, member.age < 0 ? "–" : count(member.age)),
      el("td", { class: "number" }, member.size === 0 ? "–" : kilobytes(member.size)),
      hasVolumes ? el("td", { class: "number" }, member.volume < 0 ? "–" : count(member.volume)) : undefined,
      el("td", {}, el("i", { class: `key key-${member.letter}` }), STATE_WORDS[member.letter]),
    ),
  );
  return el(
    "div",
    { class: "scroll tall", tabindex: 0, role: "region", "aria-label": "Symbols of the day" },
    el(
      "table",
      { class: "wide" },
      el("caption", { class: "hidden" }, "Symbols of the day"),
      el("thead", {}, el("tr", {}, ...heads)),
      el("tbody", {}, ...rows),
    ),
  );
}
