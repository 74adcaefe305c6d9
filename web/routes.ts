/** The views of the page, in navigation order. */
export const VIEWS = {
  market: "Market",
  calendar: "Calendar",
  day: "Universe",
  symbol: "Symbol",
  incidents: "Incidents",
  status: "Status",
} as const;

export type View = keyof typeof VIEWS;

/** State of the page that is part of its URL. */
export interface Route {
  view: View;
  /** The symbol or date of the view. */
  about: string | undefined;
  /** Filters and similar options. */
  options: Readonly<Record<string, string>>;
}

/** The route in a URL's hash, such as `#/day/2024-03-01?quote=USDT`. An invalid hash leads to the market. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [view = "", about] = path.split("/");
  if (!Object.hasOwn(VIEWS, view)) return { view: "market", about: undefined, options: {} };
  return {
    view: view as View,
    about: about === undefined || about === "" ? undefined : decode(about),
    options: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The hash of a route; options without a value are omitted. */
export function routeHash(
  view: View,
  about?: string,
  options: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(options).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  const query = given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
  return `#/${view}${about === undefined ? "" : `/${encodeURIComponent(about)}`}${query}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
