import { formatDay } from "../../calendar/day.js";
import { UsageError } from "../../errors.js";
import type { JsonValue } from "../../text/columns.js";
import { choice, day, integer, number, required, withDefault, type InputsOf, type ValuesOf } from "../arguments.js";
import { symbolFilter } from "../symbol-filter.js";
import { underlyingFilter } from "../underlying.js";
import { AS_OF, WINDOW_STATISTICS } from "../windows.js";
import { REBALANCINGS } from "./rebalancing.js";

/** Incremented when the same definition starts to mean a different universe. */
const VERSION = 1;

/** The arguments that define a universe over time. */
export const DEFINITION_ARGUMENTS = {
  from: required(day("first possible rebalancing day")),
  to: required(day("last possible rebalancing day")),
  rebalance: withDefault(
    choice("rebalancing days: every day, Mondays, or the first of each month or quarter", REBALANCINGS),
    "daily",
  ),
  asOf: withDefault(
    choice("what a rebalancing day uses: only the days before it (open), or itself too (close)", AS_OF),
    "open",
  ),
  top: integer("maximum rank with which a symbol enters", { min: 1, max: 100_000 }),
  buffer: withDefault(
    integer("members stay until they fall more than this many ranks below --top", { min: 0, max: 100_000 }),
    0,
  ),
  by: choice("what symbols are ranked by", ["quote_volume", "trade_count"]),
  window: withDefault(integer("calendar days in the window", { min: 1, max: 3_660 }), 30),
  stat: withDefault(choice("statistic over the window", WINDOW_STATISTICS), "median"),
  minAge: withDefault(integer("minimum days since the first file of the contract", { min: 0, max: 10_000 }), 0),
  minQuoteVolume: number("minimum --stat of the quote volumes in --window", { min: 0, max: 1e15 }),
  ...symbolFilter,
  ...underlyingFilter,
} as const;

/** The options that define a universe over time. */
export type UniverseOptions = InputsOf<typeof DEFINITION_ARGUMENTS>;

/** The same, validated. */
export type UniverseRule = ValuesOf<typeof DEFINITION_ARGUMENTS>;

/** The definition of a universe as JSON: `version` and the options, in snake_case. */
export type UniverseDefinition = Readonly<Record<string, string | number>>;

/** The name of an argument in a definition: `min_age` for `minAge`. */
function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The definition of a universe. Omitted options are absent, unless they have a default. */
export function definitionOf(rule: UniverseRule): UniverseDefinition {
  const entries = Object.keys(DEFINITION_ARGUMENTS).flatMap((name): [string, string | number][] => {
    const value = rule[name as keyof UniverseRule];
    if (value === undefined) return [];
    return [[keyOf(name), name === "from" || name === "to" ? formatDay(Number(value)) : value]];
  });
  return { version: VERSION, ...Object.fromEntries(entries) };
}

/**
 * The values in a definition, by argument name.
 *
 * @throws UsageError when it is not a definition of this version
 */
export function readDefinition(definition: unknown): Record<string, JsonValue> {
  const wrong = (reason: string) => new UsageError(reason, { option: "definition" });
  if (typeof definition !== "object" || definition === null || Array.isArray(definition)) {
    throw wrong("not a definition of a universe: expected an object");
  }
  const { version, ...values } = definition as Record<string, JsonValue>;
  if (version !== VERSION) throw wrong(`its version is ${JSON.stringify(version)}, but only ${VERSION} is supported`);
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
 * Merges a definition with the other given options, which override it.
 *
 * @throws UsageError like {@link readDefinition}
 */
export function withDefinition({ definition, ...given }: { definition?: unknown }): Record<string, unknown> {
  if (definition === undefined) return given;
  const beside = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...readDefinition(definition), ...Object.fromEntries(beside) };
}
