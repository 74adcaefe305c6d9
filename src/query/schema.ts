import type { Column, ColumnKind, Columns } from "../text/columns.js";
import { columnSets } from "./ask.js";
import type { ListColumn } from "./facts.js";
import type { AnyQuery } from "./registry.js";

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of each kind of value. */
const KINDS: Readonly<Record<ColumnKind, JsonSchema>> = {
  date: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
  time: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$" },
  symbol: { type: "string" },
  text: { type: "string" },
  flag: { type: "boolean" },
  bytes: { type: "integer", minimum: 0 },
  count: { type: "integer", minimum: 0 },
  integer: { type: ["integer", "string"] },
  number: { type: "number" },
  ratio: { type: "number", minimum: 0, maximum: 1 },
  value: {},
};

/** The JSON Schema of the answer to a query: one object, the facts with the rows beside them. */
export function answerSchema(query: AnyQuery, command = `bfa query ${query.name}`): JsonSchema {
  const free = query.reads === "file";
  const facts = free ? {} : properties(query.facts);
  const rows = free ? [{ type: "object" }] : columnSets(query).map(objectOf);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: command,
    description: query.summary,
    type: "object",
    properties: { ...facts, rows: { type: "array", items: rows.length === 1 ? rows[0] : { anyOf: rows } } },
    required: [...Object.keys(facts), "rows"],
    additionalProperties: false,
  };
}

function objectOf(columns: Columns): JsonSchema {
  return {
    type: "object",
    properties: properties(columns),
    required: Object.keys(columns),
    additionalProperties: false,
  };
}

function properties(columns: Columns): JsonSchema {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, schemaOf(column)]));
}

function schemaOf(column: Column | ListColumn): JsonSchema {
  const { about: description, kind, nullable } = column;
  if ("items" in column) return { description, type: "array", items: objectOf(column.items) };
  const schema = KINDS[kind];
  return nullable ? { description, anyOf: [schema, { type: "null" }] } : { description, ...schema };
}
