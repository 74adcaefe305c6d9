import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

interface Row {
  question: string;
  symbol: string;
  file: string;
}

const rows: Row[] = [
  ...read("docs/questions.md").matchAll(/^\| (?<question>[^|]+?) +\| `(?<symbol>[^`]+)` +\| `(?<file>[^`]+)` +\|$/gm),
].map(({ groups }) => groups as unknown as Row);

/** Names that a file exports by declaring them. */
function exportsOf(path: string): string[] {
  return ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest).statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
    }
    const { name } = statement as { name?: ts.Identifier };
    return name === undefined ? [] : [name.text];
  });
}

describe("docs/questions.md", () => {
  it("asks each question once", () => {
    expect(rows.length).toBeGreaterThanOrEqual(24);
    expect(new Set(rows.map(({ question }) => question)).size).toBe(rows.length);
    // No row is left out because it is formatted differently.
    expect(rows).toHaveLength([...read("docs/questions.md").matchAll(/^\| (?!question |---)/gm)].length);
  });

  it.each(rows)("$question", ({ question, symbol, file }) => {
    expect(existsSync(new URL(file, root)), `${file} is there`).toBe(true);
    expect(exportsOf(file)).toContain(symbol);
    const row = `${question} ${symbol}`.toLowerCase();
    const words = basename(file, ".ts").split("-");
    expect(
      words.some((word) => row.includes(word)),
      `${file} is named for it`,
    ).toBe(true);
  });
});
