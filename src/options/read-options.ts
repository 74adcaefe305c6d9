import { UsageError } from "../errors.js";
import { shown, type Check } from "./checks.js";

/**
 * A check for each option of a type. The compiler reports missing checks, and checks of options that don't exist.
 */
export type ChecksOf<Options> = { readonly [Option in keyof Required<Options>]: Check<unknown> };

/** The results of the checks, by option name. */
export type Checked<Checks> = {
  -readonly [Option in keyof Checks]: Checks[Option] extends Check<infer Value> ? Value : never;
};

/** Checks an option that may be omitted, and is then undefined. */
export function optional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (option, value) => (value === undefined ? undefined : check(option, value));
}

/** Checks an option that has a default. */
export function withDefault<Value>(check: Check<Value>, value: NoInfer<Value>): Check<Value> {
  return (option, given) => (given === undefined ? value : check(option, given));
}

/**
 * Checks the options of a call.
 *
 * @param options the caller's options; an undefined option counts as omitted
 * @param checks one for each option, by name, in the order in which they run
 * @param parent name of the option that contains these as properties
 * @throws UsageError naming the first option that is unknown or wrong
 * @example
 * ```ts
 * const { out, limit } = readOptions(options, { out: checkText, limit: withDefault(checkWhole([1, 100]), 20) });
 * ```
 */
export function readOptions<Checks extends Readonly<Record<string, Check<unknown>>>>(
  options: unknown,
  checks: Checks,
  parent?: string,
): Checked<Checks> {
  const given = optionsObject(options, parent);
  const nameOf = (option: string) => (parent === undefined ? option : `${parent}.${option}`);
  const unknown = Object.keys(given).find((option) => !Object.hasOwn(checks, option));
  if (unknown !== undefined) throw new UsageError("there is no such option", { option: nameOf(unknown) });
  const values = Object.entries(checks).map(([option, check]) => [option, check(nameOf(option), given[option])]);
  // Each value was returned by the check that defines its type.
  return Object.fromEntries(values) as Checked<Checks>;
}

/**
 * The options of a call, by name.
 *
 * @param parent name of the option that contains these as properties
 * @throws UsageError when they aren't given in one object
 */
export function optionsObject(options: unknown, parent?: string): Readonly<Record<string, unknown>> {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return { ...options };
  if (options === undefined)
    throw new UsageError("the options are missing: give them in one object", { option: parent });
  throw new UsageError(`give the options in one object, not ${shown(options)}`, { option: parent });
}
