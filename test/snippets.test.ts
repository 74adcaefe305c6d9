import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as library from "../src/index.js";
import { blocksOf, PAGES } from "./support/docs.js";

/*
 * Every TypeScript snippet in README and docs is compiled against the built package's types. Python and R snippets are
 * run by test/peers/snippets.peer.ts, commands by test/docs.test.ts, and examples of queries beside their definitions.
 */
const PACKAGE = "binance-futures-availability";
const root = fileURLToPath(new URL("..", import.meta.url));
const file = (at: number) => join(root, `snippet-${at}.mts`);

/** Languages that are run or compiled, and those that are only shown. */
const CHECKED = ["sh", "ts", "python", "r"];
const SHOWN = ["console", "text", "sql", "crontab", ""];

const snippets = PAGES.flatMap((page) => blocksOf(page, "ts").map((text) => ({ page, text: whole(text) })));

/** A snippet with what it omits: imports of functions, and an open file. */
function whole(text: string): string {
  if (text.includes("import ")) return text;
  const used = Object.keys(library).filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  const opens = /\bdb = /.test(text) ? "" : `declare const db: import("${PACKAGE}").Availability;\n`;
  return `import { ${used.join(", ")} } from "${PACKAGE}";\n${opens}${text}`;
}

/** The compiler's messages about the texts, as `page: message`. */
function complaints(texts: readonly { page: string; text: string }[]): string[] {
  const options: ts.CompilerOptions = {
    ...{
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
    ...{ lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"], types: ["node"], skipLibCheck: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
  };
  const host = ts.createCompilerHost(options);
  const sources = new Map(texts.map(({ text }, at) => [file(at), text]));
  const program = ts.createProgram([...sources.keys()], options, {
    ...host,
    fileExists: (name) => sources.has(name) || host.fileExists(name),
    readFile: (name) => sources.get(name) ?? host.readFile(name),
    getSourceFile: (name, version) => {
      const text = sources.get(name);
      return text === undefined ? host.getSourceFile(name, version) : ts.createSourceFile(name, text, version);
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file: at, messageText }) => {
    const page = texts.find((_, index) => file(index) === at?.fileName)?.page ?? at?.fileName ?? "";
    return `${page}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** Mistakes that must be found. */
const mistakes = [
  { page: "a mistake in an argument", text: whole('await db.snapshot({ day: "2024-03-01" });') },
  { page: "a mistake in a name", text: whole("nowhere();") },
];

/** The languages of a page's fenced blocks: every other fence begins one. */
function languagesOf(page: string): string[] {
  const fences = [...readFileSync(join(root, page), "utf8").matchAll(/^```(.*)$/gm)].map(
    ([, language = ""]) => language,
  );
  return fences.filter((_, at) => at % 2 === 0);
}

describe("the snippets of README and docs", () => {
  it("in TypeScript compile against the package's types", () => {
    expect(existsSync(join(root, "dist/src/index.d.ts")), "`npm run build` comes first").toBe(true);
    expect(snippets.length).toBeGreaterThan(20);
    expect(complaints([...snippets, ...mistakes])).toEqual([
      expect.stringMatching(/^a mistake in an argument: .*'day' does not exist/),
      expect.stringMatching(/^a mistake in a name: Cannot find name 'nowhere'/),
    ]);
  });

  it.each(PAGES)("of %s are in languages that a test knows", (page) => {
    expect(languagesOf(page).filter((language) => ![...CHECKED, ...SHOWN].includes(language))).toEqual([]);
  });
});
