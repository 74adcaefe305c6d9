import type { Answer, Column, ColumnKind, Columns } from "./columns.js";

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const SAFE = Number.MAX_SAFE_INTEGER;

/** What JSON has for each kind. */
const TYPES: Readonly<Record<ColumnKind, JsonSchema>> = {
  date: { type: "string", format: "date" },
  time: { type: "string", format: "date-time" },
  symbol: { type: "string" },
  text: { type: "string" },
  flag: { type: "boolean" },
  bytes: { type: "integer", minimum: 0, maximum: SAFE },
  count: { type: "integer", minimum: 0, maximum: SAFE },
  integer: {
    anyOf: [
      { type: "integer", minimum: -SAFE, maximum: SAFE },
      { type: "string", pattern: "^-?[0-9]+$" },
    ],
  },
  number: { type: "number" },
  ratio: { type: "number", minimum: 0, maximum: 1 },
  value: {},
};

/** The parts of an answer that its schema follows from. */
export type AnswerShape = Pick<Answer, "rowsName" | "columns" | "factColumns">;

/**
 * The JSON Schema (draft 2020-12) of an answer's `--json`: an object of its facts, with its rows under their name.
 *
 * @param title what the answer is called
 * @example
 * ```ts
 * const schema = answerSchema("status", { factColumns: STATUS_FACTS, rowsName: "runs", columns: RUN_COLUMNS });
 * ```
 */
export function answerSchema(title: string, { factColumns = {}, rowsName, columns }: AnswerShape): JsonSchema {
  const facts = objectSchema(factColumns);
  const rows = { type: "array", items: objectSchema(columns) };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...facts,
    properties: { ...facts.properties, [rowsName]: rows },
    required: [...facts.required, rowsName],
  };
}

/** An object that has each of the columns, and nothing else. */
function objectSchema(columns: Columns) {
  const properties = Object.entries(columns).map(([name, column]) => [name, columnSchema(column)] as const);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

function columnSchema({ kind, nullable, about }: Column): JsonSchema {
  const type = TYPES[kind];
  const description = about === "" ? {} : { description: about };
  // Anything that JSON has includes null.
  if (!nullable || kind === "value") return { ...description, ...type };
  return { ...description, anyOf: [...alternatives(type), { type: "null" }] };
}

function alternatives(type: JsonSchema): readonly unknown[] {
  return Array.isArray(type["anyOf"]) ? type["anyOf"] : [type];
}
