import { describe, expect, it } from "vitest";
import { RUN_COLUMNS, STATUS_FACTS } from "../../src/query/status.js";
import { column, optionalColumn } from "../../src/text/columns.js";
import { answerSchema } from "../../src/text/json-schema.js";

describe("answerSchema", () => {
  it("has the facts and the rows, each with its type", () => {
    const columns = {
      day: optionalColumn("date", "a day"),
      n: optionalColumn("integer", ""),
      share: column("ratio", ""),
      any: optionalColumn("value", ""),
    };
    expect(answerSchema("thing", { factColumns: { at: column("time", "when") }, rowsName: "rows", columns })).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "thing",
      type: "object",
      properties: {
        at: { description: "when", type: "string", format: "date-time" },
        rows: {
          type: "array",
          items: {
            type: "object",
            properties: {
              day: { description: "a day", anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
              n: {
                anyOf: [
                  { type: "integer", minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
                  { type: "string", pattern: "^-?[0-9]+$" },
                  { type: "null" },
                ],
              },
              share: { type: "number", minimum: 0, maximum: 1 },
              any: {},
            },
            required: ["day", "n", "share", "any"],
            additionalProperties: false,
          },
        },
      },
      required: ["at", "rows"],
      additionalProperties: false,
    });
  });

  it("describes everything that status says", () => {
    const schema = answerSchema("status", { factColumns: STATUS_FACTS, rowsName: "runs", columns: RUN_COLUMNS });
    expect(schema["required"]).toEqual([...Object.keys(STATUS_FACTS), "runs"]);
  });
});
