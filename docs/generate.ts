import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { QUERIES, QUERY_NAMES, type AnyQuery } from "../src/query/registry.js";
import { answerSchema } from "../src/query/schema.js";
import universeOver from "../src/query/universe-over.js";
import { commandPages } from "./command-pages.js";
import { queriesPage } from "./queries-page.js";
import { terminalPicture } from "./terminal-picture.js";

/** The sources of the docs, relative to `dist/docs/`. */
const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));

/** Every generated file of the docs by its path below `docs/`. */
async function generatedFiles(): Promise<Map<string, string>> {
  const queries: AnyQuery[] = await Promise.all(QUERY_NAMES.map(async (name) => (await QUERIES[name]()).default));
  const files = new Map([["queries.md", await formatted("markdown", queriesPage(queries))]]);
  for (const query of queries) {
    files.set(`schemas/query-${query.name}.json`, await formatted("json", JSON.stringify(answerSchema(query))));
  }
  files.set(
    "schemas/universe.json",
    await formatted("json", JSON.stringify(answerSchema(universeOver, "bfa universe"))),
  );
  // The defaults in the help are those of a user who has set nothing.
  for (const name of ["BFA_DB", "BFA_ENDPOINT", "BFA_LIST_ENDPOINT", "BFA_CA", "XDG_DATA_HOME"])
    Reflect.deleteProperty(process.env, name);
  const { allCommands } = await import("../src/cli/commands/registry.js");
  for (const [file, text] of commandPages(await allCommands())) files.set(file, await formatted("markdown", text));
  files.set("terminal.svg", await terminalPicture());
  return files;
}

function formatted(parser: string, text: string): Promise<string> {
  return format(text, { parser, printWidth: 120 });
}

/** Generated files that are missing or differ, and schemas of queries that are gone. */
function staleFiles(files: ReadonlyMap<string, string>): string[] {
  const path = (file: string) => join(DOCS, file);
  const differ = [...files].filter(
    ([file, text]) => !existsSync(path(file)) || readFileSync(path(file), "utf8") !== text,
  );
  const schemas = existsSync(path("schemas")) ? readdirSync(path("schemas")).map((name) => `schemas/${name}`) : [];
  const commands = existsSync(path("commands")) ? readdirSync(path("commands")).map((name) => `commands/${name}`) : [];
  const made = [...schemas.filter((file) => file.startsWith("schemas/query-")), ...commands];
  const gone = made.filter((file) => !files.has(file));
  return [...differ.map(([file]) => file), ...gone];
}

const files = await generatedFiles();
if (process.argv[2] === "--check") {
  const stale = staleFiles(files);
  if (stale.length > 0) {
    process.stderr.write(`stale, run \`npm run docs\`: ${stale.join(", ")}\n`);
    process.exitCode = 1;
  }
} else {
  for (const [file, text] of files) {
    mkdirSync(dirname(join(DOCS, file)), { recursive: true });
    writeFileSync(join(DOCS, file), text);
  }
}
