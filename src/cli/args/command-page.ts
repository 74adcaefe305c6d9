import { homedir } from "node:os";
import type { Argv, CommandModule, Options } from "yargs";

/** What a value is, as help, docs and completion name it. */
export type ValueKind = "DATE" | "TIME" | "NUMBER" | "SHARE" | "SYMBOL" | "SYMBOLS" | "FILE" | "URL" | "TEXT";

/** Turns the text of a value into the value, and knows what it takes. */
export type Reader<Value> = ((value: unknown) => Value) & { readonly takes: ValueKind };

/** What yargs takes, with what the help says beside it. */
export interface OptionDefinition extends Options {
  /** What the value is, where no reader says it. */
  takes?: ValueKind;
  /** Environment variable that gives the value when the option does not. */
  env?: string;
}

/** A value that a command takes by its place. */
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
  /** What its value is; undefined for a flag. */
  takes: ValueKind | undefined;
  /** Whether the option may be given without a value. */
  isValueOptional: boolean;
  choices: readonly string[];
  /** What holds when it is not given. */
  fallback: string | undefined;
  env: string | undefined;
  isRequired: boolean;
  /** Whether `--no-NAME` is worth knowing: the flag is on by default. */
  isOn: boolean;
  group: string;
}

/** A command as help, completion, docs and the answers to wrong usage see it. */
export interface CommandPage {
  /** What is typed after `bfa`. */
  words: readonly string[];
  about: string;
  positionals: readonly PositionalPage[];
  options: readonly OptionPage[];
  examples: readonly { line: string; about: string }[];
  notes: readonly string[];
  commands: readonly CommandPage[];
}

/** Heading of the options that have no other. */
export const OTHER_OPTIONS = "Options";

/**
 * Reads a command's definition, and those of all commands below it, by having its builder build into a record.
 *
 * @param above words before the command's own
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

/** The page that words lead to, and the words that are left. */
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
    example: (line: string, about: string) => record.examples.push({ line: line.replace("$0", "bfa"), about }),
    epilogue: (text: string) => record.notes.push(text.replace(/\s*\n\s*/g, " ")),
    command: (below: CommandModule) => record.commands.push(below),
  };
  const recorder: object = new Proxy(methods, {
    get: (target, name) => {
      // A promise of the recorder is the recorder.
      if (name === "then") return undefined;
      return (...args: unknown[]) => {
        // What else yargs can do is of no interest here.
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
    isOn: isFlag && (definition.default === true || definition.defaultDescription === "yes"),
    group,
  };
}

function kindOf({ takes, coerce, number, type }: OptionDefinition): ValueKind {
  // A function of our own readers, or any other.
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

/** Undefined for a user whom the system doesn't know. */
function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
