import {
  DATA_CALLBACK,
  monthPath,
  symbolPath,
  type MarketData,
  type MonthData,
  type SymbolData,
} from "../src/publish/page-data.js";

/** Resolvers of pending requests, by path. */
const resolvers = new Map<string, (data: unknown) => void>();

/** Data that is loaded or loading, by path. */
const loaded = new Map<string, Promise<unknown>>();

Object.assign(globalThis, {
  [DATA_CALLBACK]: (path: string, data: unknown) => resolvers.get(path)?.(data),
});

/** Loads a data file once. It is a script, which works both for a page opened from disk and on every static host. */
function load(path: string): Promise<unknown> {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = new Promise<unknown>((resolve, reject) => {
    resolvers.set(path, resolve);
    const script = document.createElement("script");
    script.src = `data/${path.split("/").map(encodeURIComponent).join("/")}.js`;
    script.onerror = () => {
      loaded.delete(path);
      reject(new Error(`${script.src} can't be loaded`));
    };
    document.head.append(script);
  });
  loaded.set(path, loading);
  return loading;
}

/** Everything except sizes and volumes. */
export async function loadMarket(): Promise<MarketData> {
  return (await load("market")) as MarketData;
}

/** The file sizes and volumes of a symbol. */
export async function loadSymbol(symbol: string): Promise<SymbolData> {
  return (await load(symbolPath(symbol))) as SymbolData;
}

/** The file sizes and volumes of the month that contains a day. */
export async function loadMonth(day: number): Promise<MonthData> {
  return (await load(monthPath(day))) as MonthData;
}
