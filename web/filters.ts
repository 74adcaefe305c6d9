import { choice } from "./dom.js";
import type { Page, SymbolFilter } from "./page.js";

/** Contract classes to choose from. */
const CLASS_CHOICES = [
  ["", "all"],
  ["perpetual", "perpetual"],
  ["settled", "settled"],
  ["delivery", "delivery"],
] as const;

/** Select boxes for quote asset, class and underlying, which filter the symbols of a view. */
export function symbolFilters(
  { quotes, underlyings }: Page,
  { quote = "", contract = "", underlying = "" }: SymbolFilter,
  go: (change: Record<string, string>) => void,
): HTMLElement[] {
  const named = quotes.filter((one) => one !== "").map((one): [string, string] => [one, one]);
  return [
    choice("Quote asset", [["", "all"], ...named], quote, (value) => {
      go({ quote: value });
    }),
    choice("Contracts", CLASS_CHOICES, contract, (value) => {
      go({ contract: value });
    }),
    ...(underlyings.length === 0
      ? []
      : [
          choice(
            "Underlying",
            [["", "all"], ...underlyings.map((one): [string, string] => [one, one])],
            underlying,
            (value) => {
              go({ underlying: value });
            },
          ),
        ]),
  ];
}
