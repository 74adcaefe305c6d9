type Child = Node | string | undefined;

/** Attributes of an element; a function is a listener of the event in its name (`onclick`). */
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

/** Creates an element. Strings become text nodes, never markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A table with a caption, of strings and nodes. */
export function table(
  caption: string,
  columns: readonly { name: string; numeric?: boolean }[],
  rows: readonly (readonly Child[])[],
  size: "short" | "tall" = "short",
): HTMLElement {
  const head = columns.map(({ name, numeric }) => el("th", { scope: "col", class: numeric && "number" }, name));
  const body = rows.map((row) =>
    el("tr", {}, ...row.map((cell, at) => el("td", { class: columns[at]?.numeric && "number" }, cell))),
  );
  return el(
    "div",
    { class: size === "tall" ? "scroll tall" : "scroll", tabindex: 0, role: "region", "aria-label": caption },
    el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)),
  );
}

/** A labelled select box. */
export function choice(
  label: string,
  values: readonly (readonly [value: string, text: string])[],
  chosen: string,
  onChoose: (value: string) => void,
): HTMLElement {
  const options = values.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  const select = el("select", {}, ...options);
  select.addEventListener("change", () => {
    onChoose(select.value);
  });
  return el("label", { class: "field" }, el("span", {}, label), select);
}

/** A number with its label. */
export function tile(what: string, figure: string, note = ""): HTMLElement {
  return el("div", { class: "tile" }, el("dt", {}, what), el("dd", {}, figure, el("small", {}, note)));
}
