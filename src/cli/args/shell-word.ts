/** A word as one types it in a shell, quoted only if it has to be. */
export function shellWord(text: string): string {
  if (/^[\w.,:/=@%+-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? singleQuoted(text) : `"${text}"`;
}

/** A word in single quotes, in which a shell interprets nothing. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
