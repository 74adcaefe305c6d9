import type { Arguments } from "../../query/arguments.js";

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
    if (positional) return ` ${quoted(text)}`;
    return value === true ? ` --${optionName(key)}` : ` --${optionName(key)} ${quoted(text)}`;
  });
  return `${command}${words.join("")}`;
}

/** Quotes a word for a shell. */
export function quoted(text: string): string {
  if (/^[\w.,:/-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
