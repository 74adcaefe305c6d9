import { formatDay } from "../../calendar/day.js";
import { UsageError } from "../../errors.js";
import type { JsonValue } from "../../text/columns.js";
import { choice, day, integer, number, required, withDefault, type InputsOf, type ValuesOf } from "../arguments.js";
import { symbolFilter } from "../symbol-filter.js";
import { underlyingFilter } from "../underlying.js";
import { AS_OF, WINDOW_STATISTICS } from "../windows.js";
import { REBALANCINGS } from "./rebalancing.js";

/** What a universe over time is, in one line. */
export const UNIVERSE_SUMMARY =
  "The universe of a backtest over time: chosen anew on each rebalancing day, without a look ahead";

/** Raised when the same definition comes to mean another universe. */
const VERSION = 1;

/** What a universe over time is defined by. */
export const DEFINITION_ARGUMENTS = {
  from: required(day("first day, on which a rebalancing day may fall")),
  to: required(day("last day")),
  rebalance: withDefault(
    choice("the days on which it is chosen anew: each, Mondays, the first of a month or of a quarter", REBALANCINGS),
    "daily",
  ),
  asOf: withDefault(choice("what a rebalancing day looks at: the days before it, or itself too", AS_OF), "open"),
  top: integer("enter by the first so many ranks", { min: 1, max: 100_000 }),
  buffer: withDefault(integer("members stay until they fall so many ranks below --top", { min: 0, max: 100_000 }), 0),
  by: choice("what symbols are ranked by", ["quote_volume", "trade_count"]),
  window: withDefault(integer("calendar days of which it is taken", { min: 1, max: 3_660 }), 30),
  stat: withDefault(choice("what is taken of the days", WINDOW_STATISTICS), "median"),
  minAge: withDefault(integer("minimum days since the first file of the contract", { min: 0, max: 10_000 }), 0),
  minQuoteVolume: number("minimum of --stat of the quote volumes of --window", { min: 0, max: 1e15 }),
  ...symbolFilter,
  ...underlyingFilter,
} as const;

/** A universe over time as the library and the command line define it. */
export type UniverseOptions = InputsOf<typeof DEFINITION_ARGUMENTS>;

/** The same, checked. */
export type UniverseRule = ValuesOf<typeof DEFINITION_ARGUMENTS>;

/** A definition of a universe as JSON has it: `version` and what defines it, in snake_case. */
export type UniverseDefinition = Readonly<Record<string, string | number>>;

/** How the definition names an argument: `min_age` for `minAge`. */
function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The definition of a universe. What was left out is left out; what has a default is there. */
export function definitionOf(rule: UniverseRule): UniverseDefinition {
  const entries = Object.keys(DEFINITION_ARGUMENTS).flatMap((name): [string, string | number][] => {
    const value = rule[name as keyof UniverseRule];
    if (value === undefined) return [];
    return [[keyOf(name), name === "from" || name === "to" ? formatDay(Number(value)) : value]];
  });
  return { version: VERSION, ...Object.fromEntries(entries) };
}

/**
 * What a definition says, by the names of the arguments.
 *
 * @throws UsageError when it is not a definition of this version
 */
export function readDefinition(definition: unknown): Record<string, JsonValue> {
  const wrong = (reason: string) => new UsageError(reason, { option: "definition" });
  if (typeof definition !== "object" || definition === null || Array.isArray(definition)) {
    throw wrong("not a definition of a universe: an object is wanted");
  }
  const { version, ...values } = definition as Record<string, JsonValue>;
  if (version !== VERSION) throw wrong(`its version is ${JSON.stringify(version)}, and ${VERSION} is known here`);
  const names = new Map(Object.keys(DEFINITION_ARGUMENTS).map((name) => [keyOf(name), name]));
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const name = names.get(key);
      if (name === undefined) throw wrong(`${JSON.stringify(key)} is not part of a definition`);
      return [name, value];
    }),
  );
}

/**
 * What defines a universe where a definition is given: what is given beside it overrides it.
 *
 * @throws UsageError as {@link readDefinition}
 */
export function withDefinition({ definition, ...given }: { definition?: unknown }): Record<string, unknown> {
  if (definition === undefined) return given;
  const beside = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...readDefinition(definition), ...Object.fromEntries(beside) };
}
