import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The sources by path, without comments and with whitespace reduced to single spaces. */
const sources = ["src", "workers"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => {
      const path = `${folder}/${name.replaceAll("\\", "/")}`;
      const file = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.Latest);
      return { path, text: ts.createPrinter({ removeComments: true }).printFile(file).replaceAll(/\s+/g, " ") };
    }),
);

it.each<[what: string, spelling: RegExp, home: string[]]>([
  ["a span of days", /interface (?:Span|DayRange|DateRange)\b|from: Day; to: Day/, ["src/calendar/span.ts"]],
  ["a day in SQL", /1970-01-01/, ["src/calendar/sql.ts"]],
  [
    "finality",
    /\bafterDays\b|\bINTERVAL [^"`]*DAY\b/,
    ["src/vision/datasets/um-daily-klines-1m.ts", "src/vision/finality.ts"],
  ],
  ["the columns of a batch", /: "(?:uint16|uint32|int32|float64)"/, ["src/rows/columns.ts"]],
])("%s is spelled once", (_, spelling, home) => {
  const found = sources.filter(({ text }) => spelling.test(text)).map(({ path }) => path);
  // Released migrations are frozen texts that repeat what the code says.
  expect(found.filter((path) => !path.startsWith("src/store/schema/version-")).sort()).toEqual(home);
});
