import { expect, it } from "vitest";
import { createBatch, freeBatches } from "../../src/rows/batch.js";
import { PROBE_ROWS } from "../../src/rows/columns.js";

it("freed batches hold no memory", () => {
  const batches = [createBatch(PROBE_ROWS, 3), createBatch(PROBE_ROWS)];
  freeBatches(batches);
  for (const { columns } of batches) {
    for (const column of Object.values(columns)) expect(column.buffer.byteLength).toBe(0);
  }
});
