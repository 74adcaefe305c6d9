import {
  DATA_CALLBACK,
  monthPath,
  symbolPath,
  type MarketData,
  type MonthData,
  type SymbolData,
} from "../src/publish/page-data.js";

/** Resolvers of what was asked for, by path. */
const asked = new Map<string, (data: unknown) => void>();

/** What was loaded or is on its way, by path. */
const loaded = new Map<string, Promise<unknown>>();

Object.assign(globalThis, {
  [DATA_CALLBACK]: (path: string, data: unknown) => asked.get(path)?.(data),
});

/** Loads a data file once. A script is what a page may load that was opened as a file; every static host serves it too. */
function load(path: string): Promise<unknown> {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = new Promise<unknown>((resolve, reject) => {
    asked.set(path, resolve);
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

/** Everything but sizes. */
export async function loadMarket(): Promise<MarketData> {
  return (await load("market")) as MarketData;
}

/** The sizes of a symbol's files. */
export async function loadSymbol(symbol: string): Promise<SymbolData> {
  return (await load(symbolPath(symbol))) as SymbolData;
}

/** The sizes of the files of a day's month. */
export async function loadMonth(day: number): Promise<MonthData> {
  return (await load(monthPath(day))) as MonthData;
}
