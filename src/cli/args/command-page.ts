import { homedir } from "node:os";
import type { Argv, CommandModule, Options } from "yargs";

/** The kind of a value, as shown in help, docs and completion. */
export type ValueKind = "DATE" | "TIME" | "NUMBER" | "SHARE" | "SYMBOL" | "SYMBOLS" | "FILE" | "URL" | "TEXT";

/** Parses the text of a value; `takes` is the kind of value it accepts. */
export type Reader<Value> = ((value: unknown) => Value) & { readonly takes: ValueKind };

/** An option of yargs, with additional facts for the help. */
export interface OptionDefinition extends Options {
  /** Kind of the value, if there is no reader that knows it. */
  takes?: ValueKind;
  /** Environment variable that is used when the option isn't given. */
  env?: string;
}

/** A positional argument of a command. */
export interface PositionalPage {
  name: string;
  about: string;
  takes: ValueKind;
  choices: readonly string[];
  isRequired: boolean;
  isList: boolean;
}

/** An option of a command. */
export interface OptionPage {
  name: string;
  about: string;
  /** Kind of its value; undefined for a flag. */
  takes: ValueKind | undefined;
  /** Whether the option may be given without a value. */
  isValueOptional: boolean;
  choices: readonly string[];
  /** What applies when it isn't given. */
  fallback: string | undefined;
  env: string | undefined;
  isRequired: boolean;
  /** Names of the options that can't be combined with it. */
  conflicts: readonly string[];
  /** Whether the flag is on by default, so that `--no-NAME` is worth showing. */
  isOn: boolean;
  group: string;
}

/** The description of a command, used by help, completion, docs and usage errors. */
export interface CommandPage {
  /** The words to type after `bfa`. */
  words: readonly string[];
  about: string;
  positionals: readonly PositionalPage[];
  options: readonly OptionPage[];
  examples: readonly { line: string; about: string }[];
  notes: readonly string[];
  commands: readonly CommandPage[];
}

/** Heading of options that belong to no group. */
export const OTHER_OPTIONS = "Options";

/**
 * Describes a command and all its subcommands, by running their builders against a recorder.
 *
 * @param above the words before the command's own
 */
export async function commandPage(module: CommandModule, above: readonly string[] = []): Promise<CommandPage> {
  const [name = "", ...places] = String(module.command).split(" ");
  const words = [...above, name];
  const record = await recordOf(module);
  return {
    words,
    about: typeof module.describe === "string" ? module.describe : "",
    positionals: places.map((place) => positionalPage(place, record.positionals)),
    options: [...record.options].map(([option, definition]) =>
      optionPage(option, definition, record.groups.get(option) ?? OTHER_OPTIONS),
    ),
    examples: record.examples,
    notes: record.notes,
    commands: await Promise.all(record.commands.map((below) => commandPage(below, words))),
  };
}

/** The page of the command that the words name, and the remaining words. */
export function pageAt(root: CommandPage, words: readonly string[]): { page: CommandPage; left: readonly string[] } {
  const [first, ...rest] = words;
  const below = root.commands.find((page) => page.words.at(-1) === first);
  return below === undefined ? { page: root, left: words } : pageAt(below, rest);
}

interface Record {
  options: Map<string, OptionDefinition>;
  positionals: Map<string, OptionDefinition>;
  groups: Map<string, string>;
  examples: { line: string; about: string }[];
  notes: string[];
  commands: CommandModule[];
}

async function recordOf(module: CommandModule): Promise<Record> {
  const record: Record = {
    options: new Map(),
    positionals: new Map(),
    groups: new Map(),
    examples: [],
    notes: [],
    commands: [],
  };
  const methods = {
    option: (name: string, definition: OptionDefinition) => record.options.set(name, definition),
    options: (all: { [name: string]: OptionDefinition }) => {
      for (const [name, definition] of Object.entries(all)) record.options.set(name, definition);
    },
    positional: (name: string, definition: OptionDefinition) => record.positionals.set(name, definition),
    group: (names: readonly string[], title: string) => {
      for (const name of names) record.groups.set(name, title.replace(/:$/, ""));
    },
    example: (line: string, about: string) => record.examples.push({ line: line.replaceAll("$0", "bfa"), about }),
    epilogue: (text: string) => record.notes.push(text.replace(/\s*\n\s*/g, " ")),
    command: (below: CommandModule) => record.commands.push(below),
  };
  const recorder: object = new Proxy(methods, {
    get: (target, name) => {
      // The recorder must not look like a promise when it is awaited.
      if (name === "then") return undefined;
      return (...args: unknown[]) => {
        // All other methods of yargs are ignored.
        if (Object.hasOwn(target, name)) (Reflect.get(target, name) as (...args: unknown[]) => void)(...args);
        return recorder;
      };
    },
  });
  if (typeof module.builder === "function") await module.builder(recorder as Argv);
  return record;
}

function positionalPage(place: string, positionals: Record["positionals"]): PositionalPage {
  const name = place.replace(/^[<[]|\.*[>\]]$/g, "");
  const definition = positionals.get(name) ?? {};
  return {
    name,
    about: definition.describe ?? "",
    takes: kindOf(definition),
    choices: choicesOf(definition),
    isRequired: place.startsWith("<"),
    isList: place.includes(".."),
  };
}

function optionPage(name: string, definition: OptionDefinition, group: string): OptionPage {
  const isFlag = definition.boolean === true || definition.type === "boolean";
  return {
    name,
    about: definition.describe ?? "",
    takes: isFlag ? undefined : kindOf(definition),
    isValueOptional: !isFlag && definition.requiresArg === false,
    choices: choicesOf(definition),
    fallback: isFlag ? undefined : fallbackOf(definition),
    env: definition.env,
    isRequired: definition.demandOption === true,
    conflicts: [definition.conflicts].flat().filter((other) => typeof other === "string"),
    isOn: isFlag && (definition.default === true || definition.defaultDescription === "yes"),
    group,
  };
}

function kindOf({ takes, coerce, number, type }: OptionDefinition): ValueKind {
  // Either one of our readers or any other function.
  const read = coerce as Partial<Reader<unknown>> | undefined;
  return takes ?? read?.takes ?? (number === true || type === "number" ? "NUMBER" : "TEXT");
}

function choicesOf({ choices = [] }: OptionDefinition): string[] {
  return choices.map(String);
}

function fallbackOf({ default: value, defaultDescription }: OptionDefinition): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return defaultDescription;
  const text = String(value);
  const home = homeFolder();
  return home !== undefined && text.startsWith(`${home}/`) ? `~${text.slice(home.length)}` : text;
}

/** Undefined for a user that the system doesn't know. */
function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
