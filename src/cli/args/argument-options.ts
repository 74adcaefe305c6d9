import type { PositionalOptions } from "yargs";
import { UsageError } from "../../errors.js";
import type { Argument, ArgumentKind, Arguments } from "../../query/arguments.js";
import type { OptionDefinition, ValueKind } from "./command-page.js";
import { optionName } from "./query-arguments.js";

/** The name that help uses for the values of each kind of argument. */
const VALUE_KINDS: Readonly<Record<Exclude<ArgumentKind, "flag">, ValueKind>> = {
  tolerance: "NUMBER",
  day: "DATE",
  symbol: "SYMBOL",
  integer: "NUMBER",
  number: "NUMBER",
  choice: "TEXT",
  text: "TEXT",
};

/** A positional argument. */
export function positionalOf({ kind, about, presence, choices }: Argument): PositionalOptions & OptionDefinition {
  return {
    describe: about,
    type: "string",
    demandOption: presence === "required",
    ...(kind !== "flag" && { takes: VALUE_KINDS[kind] }),
    ...(choices && { choices }),
  };
}

/** An argument given as an option. */
export function optionOf(argument: Argument): OptionDefinition {
  const { kind, about, presence, choices } = argument;
  return {
    describe: about,
    demandOption: presence === "required",
    ...(kind === "flag"
      ? { boolean: true }
      : { string: true, requiresArg: kind !== "tolerance", takes: VALUE_KINDS[kind] }),
    ...(choices && { choices }),
    // yargs would use the default when the option is given without a value.
    ...(presence === "default" && kind !== "tolerance" && { default: argument.default }),
  };
}

/** The value of an argument as typed; undefined when it isn't given. */
export function valueOf({ fromText }: Argument, typed: unknown): unknown {
  return typeof typed === "string" ? fromText(typed) : typed;
}

/** A usage error that names the argument as it is typed. */
export function asTyped(args: Arguments, error: unknown): unknown {
  if (!(error instanceof UsageError) || error.option === undefined) return error;
  const name = optionName(error.option);
  const typed = args[error.option]?.positional === true ? name : `--${name}`;
  return new UsageError(`${typed}: ${error.reason}`, { cause: error });
}
