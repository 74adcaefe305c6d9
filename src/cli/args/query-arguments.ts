import type { Arguments } from "../../query/arguments.js";
import { shellWord } from "./shell-word.js";

/** The command-line name of an argument: `min-age` for `minAge`. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The command for a query, as typed. */
export function commandLine(
  query: { name: string; args: Arguments },
  given: object,
  command = `bfa query ${query.name}`,
): string {
  const values: Readonly<Record<string, string | number | boolean | Date | undefined>> = { ...given };
  const words = Object.entries(query.args).map(([key, { positional }]) => {
    const value = values[key];
    if (value === undefined) return "";
    const text = value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
    if (positional) return ` ${shellWord(text)}`;
    return value === true ? ` --${optionName(key)}` : ` --${optionName(key)} ${shellWord(text)}`;
  });
  return `${command}${words.join("")}`;
}
