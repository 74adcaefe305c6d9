import { loadMarket } from "./data.js";
import { el } from "./dom.js";
import { Page, type ViewMaker } from "./page.js";
import { parseRoute, routeHash, VIEWS, type View } from "./routes.js";
import { themeButton } from "./theme.js";
import { calendarView } from "./views/calendar.js";
import { dayView } from "./views/day.js";
import { incidentsView } from "./views/incidents.js";
import { marketView } from "./views/market.js";
import { statusView } from "./views/status.js";
import { symbolView } from "./views/symbol.js";
import { ago, minute } from "./words.js";

const MAKERS: Readonly<Record<View, ViewMaker>> = {
  market: marketView,
  calendar: calendarView,
  day: dayView,
  symbol: symbolView,
  incidents: incidentsView,
  status: statusView,
};

/** Shows the view in the URL's hash, now and whenever it changes. */
async function start(): Promise<void> {
  const view = byId("view");
  try {
    const page = new Page(await loadMarket());
    const show = async () => {
      const shown = location.hash;
      const route = parseRoute(shown);
      for (const link of document.querySelectorAll("nav a")) {
        if (link.getAttribute("data-view") === route.view) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      const content = await MAKERS[route.view](page, route);
      // The user may have navigated to another view while the data was loading.
      if (location.hash !== shown) return;
      view.replaceChildren(content);
      document.title = `${route.about ?? VIEWS[route.view]} – Binance Vision availability`;
      performance.mark(`shown ${route.view}`);
    };
    const showView = () => {
      show().catch((error: unknown) => {
        showError(view, error);
      });
    };
    byId("views").append(
      ...Object.entries(VIEWS).map(([name, text]) =>
        el("a", { href: routeHash(name as View), "data-view": name }, text),
      ),
    );
    byId("tools").append(searchField(page), themeButton(showView));
    byId("footer").append(
      `As of ${minute(page.market.as_of)}, ${ago(page.market.as_of)}. ${page.market.dataset}, by ${page.market.generator}. `,
      "Data: Binance Vision, CC BY-NC-SA 4.0.",
    );
    addEventListener("hashchange", () => {
      showView();
      view.focus({ preventScroll: true });
    });
    showView();
  } catch (error) {
    showError(view, error);
  }
}

/** A search field that suggests all symbols; `/` moves the focus to it. */
function searchField({ market, rowOf }: Page): HTMLElement {
  const input = el("input", {
    type: "search",
    list: "symbols",
    placeholder: "Symbol, such as BTCUSDT",
    "aria-label": "Search for a symbol",
  });
  const open = () => {
    const typed = input.value.trim();
    const symbol = rowOf.has(typed) ? typed : typed.toUpperCase();
    if (!rowOf.has(symbol)) return;
    location.hash = routeHash("symbol", symbol);
    input.value = "";
  };
  input.addEventListener("change", open);
  input.addEventListener("input", () => {
    if (rowOf.has(input.value)) open();
  });
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
  const names = market.symbols.map(({ symbol }) => el("option", { value: symbol }));
  return el("div", { class: "search", role: "search" }, input, el("datalist", { id: "symbols" }, ...names));
}

function showError(view: HTMLElement, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  view.replaceChildren(el("p", { role: "alert" }, `This page can't be shown: ${reason}`));
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

void start();
