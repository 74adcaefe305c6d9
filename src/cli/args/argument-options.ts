import type { PositionalOptions } from "yargs";
import { UsageError } from "../../errors.js";
import type { Argument, ArgumentKind, Arguments } from "../../query/arguments.js";
import type { OptionDefinition, ValueKind } from "./command-page.js";
import { optionName } from "./query-arguments.js";

/** What the values of an argument's kind are called in the help. */
const VALUE_KINDS: Readonly<Record<Exclude<ArgumentKind, "flag">, ValueKind>> = {
  tolerance: "NUMBER",
  day: "DATE",
  symbol: "SYMBOL",
  integer: "NUMBER",
  number: "NUMBER",
  choice: "TEXT",
  text: "TEXT",
};

/** An argument that is taken by its place. */
export function positionalOf({ kind, about, presence, choices }: Argument): PositionalOptions & OptionDefinition {
  return {
    describe: about,
    type: "string",
    demandOption: presence === "required",
    ...(kind !== "flag" && { takes: VALUE_KINDS[kind] }),
    ...(choices && { choices }),
  };
}

/** An argument that is an option. */
export function optionOf(argument: Argument): OptionDefinition {
  const { kind, about, presence, choices } = argument;
  return {
    describe: about,
    demandOption: presence === "required",
    ...(kind === "flag"
      ? { boolean: true }
      : { string: true, requiresArg: kind !== "tolerance", takes: VALUE_KINDS[kind] }),
    ...(choices && { choices }),
    // yargs would take the default of an option whose value may be left out for the value left out.
    ...(presence === "default" && kind !== "tolerance" && { default: argument.default }),
  };
}

/** Wrong usage, with the argument named as it is typed. */
export function asTyped(args: Arguments, error: unknown): unknown {
  if (!(error instanceof UsageError) || error.option === undefined) return error;
  const name = optionName(error.option);
  const typed = args[error.option]?.positional === true ? name : `--${name}`;
  return new UsageError(`${typed}: ${error.reason}`, { cause: error });
}
