import type { DayInput } from "../calendar/day-input.js";
import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import {
  checkChoice,
  checkDay,
  checkFlag,
  checkSymbol,
  checkText,
  checkWhole,
  orderedSpan,
  shown,
  type Check,
} from "../options/checks.js";

/** Kinds of arguments, as named in the docs. */
export type ArgumentKind = "tolerance" | "day" | "symbol" | "integer" | "number" | "flag" | "choice" | "text";

/** Whether an argument must be given, may be omitted, or has a default. */
export type Presence = "required" | "optional" | "default";

/** An argument of a query, for the library, the command line and the docs. */
export interface Argument<Input = unknown, Value = unknown, P extends Presence = Presence> {
  readonly kind: ArgumentKind;
  /** What it means, for help and docs. */
  readonly about: string;
  readonly presence: P;
  /** Used when no value is given and the presence is `default`. */
  readonly default?: Input & Value;
  /** Whether it is positional on the command line; otherwise it is an option. */
  readonly positional: boolean;
  /** The texts that a `choice` accepts. */
  readonly choices?: readonly string[];
  /** Whether the command line reads it from stdin when it is `-`. */
  readonly fromStdin?: boolean;
  /** Reads a text from the command line. A text that is no such value stays as it is, for the message. */
  readonly fromText: (text: string) => unknown;
  /**
   * Validates a given value.
   *
   * @param name the caller's name of the argument, for the message
   * @throws UsageError when it is not a value of this kind.
   */
  readonly read: Check<Value>;
  /** Never present: it only carries the type of the caller's value. */
  readonly input?: Input;
}

/** Arguments by their name in the library (camelCase); positional ones in order. */
export type Arguments = Readonly<Record<string, Argument>>;

type KeysOf<A extends Arguments, P extends Presence> = {
  [Name in keyof A]: A[Name]["presence"] extends P ? Name : never;
}[keyof A];
type InputOf<X> = X extends Argument<infer Input> ? Input : never;
type ValueOf<X> = X extends Argument<unknown, infer Value> ? Value : never;

/** The arguments that a caller of the library gives. */
export type InputsOf<A extends Arguments> = {
  [Name in KeysOf<A, "required">]: InputOf<A[Name]>;
} & {
  [Name in KeysOf<A, "optional" | "default">]?: InputOf<A[Name]> | undefined;
};

/** The arguments that a query gets: validated, with defaults filled in. */
export type ValuesOf<A extends Arguments> = {
  [Name in keyof A]: ValueOf<A[Name]> | (A[Name]["presence"] extends "optional" ? undefined : never);
};

function argument<Value, Input = Value>(
  kind: ArgumentKind,
  about: string,
  check: Check<Value>,
  fromText: Argument["fromText"] = (text) => text,
): Argument<Input, Value, "optional"> {
  const read: Check<Value> = (name, value) => {
    // The command line turns a repeated option into an array.
    if (Array.isArray(value)) throw new UsageError("given more than once", { option: name });
    return check(name, value);
  };
  return { kind, about, presence: "optional", positional: false, fromText, read };
}

/** A UTC day. */
export function day(about: string): Argument<DayInput, Day, "optional"> {
  return argument("day", about, checkDay);
}

/** A symbol as the bucket names it. */
export function symbol(about: string): Argument<string, string, "optional"> {
  return argument("symbol", about, checkSymbol);
}

/** A whole number from `min` to `max`, both inclusive. */
export function integer(
  about: string,
  { min, max }: { min: number; max: number },
): Argument<number, number, "optional"> {
  return argument("integer", about, checkWhole([min, max]), wholeFromText);
}

/** A number from `min` to `max`, both inclusive. */
export function number(
  about: string,
  { min, max }: { min: number; max: number },
): Argument<number, number, "optional"> {
  const check = (name: string, value: unknown) => {
    if (typeof value === "number" && value >= min && value <= max) return value;
    throw new UsageError(`${shown(value)} is not a number from ${min} to ${max}`, { option: name });
  };
  return argument("number", about, check, (text) => {
    return /^\d{1,15}(?:\.\d{1,15})?(?:e\d{1,2})?$/.test(text) ? Number(text) : text;
  });
}

/** A boolean; false by default. */
export function flag(about: string): Argument<boolean, boolean, "default"> {
  return withDefault(argument("flag", about, checkFlag), false);
}

/** One of several texts. */
export function choice<const Choice extends string>(
  about: string,
  choices: readonly Choice[],
): Argument<Choice, Choice, "optional"> {
  return { ...argument("choice", about, checkChoice(choices)), choices };
}

/**
 * The number of exceptions that are tolerated: none by default; any number if given without a value (`true` in the
 * library); otherwise at most the given number.
 */
export function tolerance(about: string): Argument<boolean | number, number, "default"> {
  const read = (name: string, value: unknown) => {
    if (value === true) return Infinity;
    if (value === false) return 0;
    if (typeof value === "number" && (Number.isSafeInteger(value) || value === Infinity) && value >= 0) return value;
    throw new UsageError(`${shown(value)} is not a whole number`, { option: name });
  };
  return withDefault(
    argument("tolerance", about, read, (text) => text === "" || wholeFromText(text)),
    0,
  );
}

function wholeFromText(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** How many symbols without a probe are tolerated, for every question. */
export const allowPartial = tolerance(
  "answer even if some symbols were never probed: any number of them, or at most this many",
);

/** Any text that is not blank. */
export function text(about: string): Argument<string, string, "optional"> {
  return argument("text", about, checkText);
}

/** The same argument, but required. */
export function required<Input, Value>(of: Argument<Input, Value>): Argument<Input, Value, "required"> {
  return { ...of, presence: "required" };
}

/** The same argument, with a default. */
export function withDefault<Input, Value>(
  of: Argument<Input, Value>,
  value: Input & Value,
): Argument<Input, Value, "default"> {
  return { ...of, presence: "default", default: value };
}

/** The same argument, positional on the command line. */
export function positional<Input, Value, P extends Presence>(of: Argument<Input, Value, P>): Argument<Input, Value, P> {
  return { ...of, positional: true };
}

/**
 * Validates the arguments of a call.
 *
 * @param given by name; undefined counts as not given
 * @throws UsageError naming the first argument that is unknown, missing or invalid.
 */
export function readArguments<A extends Arguments>(args: A, given: Readonly<Record<string, unknown>>): ValuesOf<A> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(args, name));
  if (unknown !== undefined) {
    throw new UsageError(`no such argument; expected one of ${Object.keys(args).join(", ")}`, { option: unknown });
  }
  const values = Object.entries(args).map(([name, of]) => {
    const value = given[name];
    if (value !== undefined) return [name, of.read(name, value)];
    if (of.presence === "required") throw new UsageError(`must be given (${of.about})`, { option: name });
    return [name, of.default];
  });
  // Each value was returned by the argument that defines its type.
  return Object.fromEntries(values) as ValuesOf<A>;
}

/**
 * The span from one day to another; the first alone gives a span of one day, neither gives undefined.
 *
 * @throws UsageError when the first day is after the last, or only the last is given.
 */
export function daySpan(from: Day | undefined, to: Day | undefined): Span | undefined {
  if (from === undefined) {
    if (to !== undefined) throw new UsageError("the first date is missing", { option: "from" });
    return undefined;
  }
  return orderedSpan(from, to ?? from);
}
