import { parse } from "csv-parse/sync";
import stringWidth from "string-width";
import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csvPieces } from "../../../src/cli/output/csv.js";
import { jsonPieces } from "../../../src/cli/output/json.js";
import { ndjsonPieces } from "../../../src/cli/output/ndjson.js";
import { parquetPieces } from "../../../src/cli/output/parquet.js";
import { PLAIN_TABLE, tablePieces } from "../../../src/cli/output/table.js";
import { column, optionalColumn, type Answer } from "../../../src/text/columns.js";
import { printableJson } from "../../../src/text/printable.js";
import { temporaryFolder } from "../../support/database.js";
import { ask, collect, EVERY_KIND, everyAnswer, everyRow } from "../../support/answers.js";

const rowLists = fc.array(everyRow, { maxLength: 6 });

/** An answer with one column. */
function texts(...values: (string | null)[]): Answer {
  return {
    facts: {},
    rowsName: "rows",
    columns: { a: optionalColumn("text", "a text"), n: column("count", "a number") },
    rows: [values.map((a) => ({ a, n: 1 }))],
  };
}

describe("json", () => {
  it("reads back as the facts and the rows, the same on one line as indented", async () => {
    await fc.assert(
      fc.asyncProperty(rowLists, fc.boolean(), async (rows, pretty) => {
        const text = (await collect(jsonPieces(everyAnswer(rows), pretty))).toString();
        const json = JSON.stringify({ symbol: "BTCUSDT", none: null, rows }, undefined, pretty ? 2 : undefined);
        expect(text).toBe(`${printableJson(json)}\n`);
        expect(JSON.parse(text)).toEqual(JSON.parse(json));
      }),
    );
  });

  it("keeps all names apart, even if a name is a property of every object", async () => {
    const row = Object.fromEntries([["__proto__", 1]]);
    const answer = { ...texts(), rows: [[row]], columns: {} };
    expect((await collect(jsonPieces(answer, false))).toString()).toBe('{"rows":[{"__proto__":1}]}\n');
  });
});

describe("ndjson", () => {
  it("reads back as the rows", async () => {
    await fc.assert(
      fc.asyncProperty(rowLists, async (rows) => {
        const lines = (await collect(ndjsonPieces(everyAnswer(rows)))).toString().split("\n");
        expect(lines.pop()).toBe("");
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
      }),
    );
  });
});

const isName = (item: unknown): boolean => typeof item === "string" && /^\S+$/.test(item);

describe("csv", () => {
  it("reads back as the rows' texts, with formulas behind a quote and control characters visible", async () => {
    const visible = (text: string) =>
      Array.from(text, (char) =>
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(char) && !"\t\r\n".includes(char)
          ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
          : char,
      ).join("");
    const harmless = (text: string) => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${visible(text)}` : visible(text));
    await fc.assert(
      fc.asyncProperty(rowLists, async (rows) => {
        const text = (await collect(csvPieces(everyAnswer(rows)))).toString();
        const expected = rows.map((row) =>
          Object.values(row).map((value) => {
            if (value === null) return "";
            if (Array.isArray(value) && value.every(isName)) return harmless(value.join(" "));
            if (typeof value === "object") return visible(JSON.stringify(value));
            return typeof value === "string" ? harmless(value) : String(value);
          }),
        );
        expect(parse(text, { record_delimiter: "\n" })).toEqual([Object.keys(EVERY_KIND), ...expected]);
      }),
    );
  });

  it.for([
    [["AUSDT", "BUSDT"], "AUSDT BUSDT"],
    [[], ""],
    [["two words"], '"[""two words""]"'],
    [[1, 2], '"[1,2]"'],
  ] as const)("writes the list %j as %s", async ([list, expected]) => {
    const answer = { ...texts(), columns: { a: column("value", "") }, rows: [[{ a: list }]] };
    expect((await collect(csvPieces(answer))).toString()).toBe(`a\n${expected}\n`);
  });

  it("writes negative numbers as numbers and makes hostile names harmless", async () => {
    const answer = { ...texts(), columns: { "=a": column("number", "") }, rows: [[{ "=a": -5 }]] };
    expect((await collect(csvPieces(answer))).toString()).toBe("'=a\n-5\n");
  });

  it.each(["date", "time"] as const)("writes a %s as it is, and minus infinity not as a formula", async (kind) => {
    const rows = ["2024-03-02", "infinity", "-infinity", null].map((a) => ({ a }));
    const answer = { ...texts(), columns: { a: optionalColumn(kind, "") }, rows: [rows] };
    expect((await collect(csvPieces(answer))).toString()).toBe("a\n2024-03-02\ninfinity\n'-infinity\n\n");
  });
});

describe("parquet", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;

  beforeAll(() => {
    folder = temporaryFolder();
    file = join(folder.path, "it's.parquet");
  });
  afterAll(() => {
    folder.remove();
  });

  const select = (what: string) => ask(`SELECT ${what} FROM '${file.replaceAll("'", "''")}'`);

  it("reads back as the rows, each kind with its type", async () => {
    await fc.assert(
      fc.asyncProperty(rowLists, async (rows) => {
        writeFileSync(file, await collect(parquetPieces(everyAnswer(rows))));
        const read = await select("id, date::VARCHAR, epoch_us(time), * EXCLUDE (id, date, time)");
        const micros = (time: unknown) => (typeof time === "string" ? toMicros(time) : null);
        const whole = (value: unknown) => (value === null ? null : BigInt(value as number));
        expect(read).toEqual(
          rows.map((row) => [
            whole(row.id),
            row.date,
            micros(row.time),
            ...[row.symbol, row.text, row.flag, whole(row.bytes), whole(row.integer), row.number, row.ratio],
            row.value === null ? null : JSON.stringify(row.value),
          ]),
        );
      }),
      { numRuns: 25 },
    );
    const types = (await ask(`DESCRIBE FROM '${file.replaceAll("'", "''")}'`)).map(([, type]) => type);
    expect(types).toEqual([
      ...["BIGINT", "DATE", "TIMESTAMP", "VARCHAR", "VARCHAR", "BOOLEAN"],
      ...["BIGINT", "BIGINT", "DOUBLE", "DOUBLE", "VARCHAR"],
    ]);
  });

  it("holds a whole column of unsigned integers, and refuses larger ones", async () => {
    const columns = { a: { ...optionalColumn("integer", ""), isUnsigned: true } };
    const of = (...values: (number | string | null)[]) => ({ ...texts(), columns, rows: [values.map((a) => ({ a }))] });
    writeFileSync(file, await collect(parquetPieces(of(0, null, "18446744073709551615"))));
    expect(await select("typeof(a), a")).toEqual([0n, null, 2n ** 64n - 1n].map((a) => ["UBIGINT", a]));
    for (const beyond of [-1, "18446744073709551616"]) {
      await expect(collect(parquetPieces(of(beyond)))).rejects.toThrow(`a: ${beyond} doesn't fit`);
    }
  });

  it("keeps the order of more rows than DuckDB takes in one go", async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => ({ a: null, n }));
    writeFileSync(file, await collect(parquetPieces({ ...texts(), rows: [rows] })));
    expect(await select("list(n) = range(5000)")).toEqual([[true]]);
  });

  it("refuses integers beyond 64 bits and an answer without columns", async () => {
    const columns = { n: column("integer", "") };
    const large = { ...texts(), columns, rows: [[{ n: "9223372036854775808" }]] };
    await expect(collect(parquetPieces(large))).rejects.toMatchObject({ code: "USAGE" });
    await expect(collect(parquetPieces({ ...texts(), columns: {} }))).rejects.toMatchObject({ code: "USAGE" });
  });

  /** Microseconds of an ISO time. */
  function toMicros(text: string): bigint {
    const [seconds = "", fraction = ""] = text.slice(0, -1).split(".");
    return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
  }
});

describe("table", () => {
  it("shows no control characters, whatever a text or a name contains", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }), fc.string(), async (values, name) => {
        const answer = { ...texts(), columns: { [name]: column("text", "") } };
        const rows = [values.map((value) => Object.fromEntries([[name, value]]))];
        const text = (await collect(tablePieces({ ...answer, rows }))).toString();
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(text.split("\n")).toHaveLength(values.length + 2);
      }),
    );
  });

  it("aligns numbers to the right, even if the first row has none", async () => {
    const columns = { n: optionalColumn("count", ""), a: column("text", "") };
    const rows = [
      [{ n: null, a: "x" }],
      [
        { n: 1000, a: "y" },
        { n: 5, a: "z" },
      ],
    ];
    const text = (await collect(tablePieces({ ...texts(), columns, rows }))).toString();
    expect(text).toBe("    n  a\n       x\n1,000  y\n    5  z\n");
  });

  it("shows bytes in kB and lists of names without brackets, and colours conditions by their meaning", async () => {
    const columns = {
      condition: column("text", ""),
      bytes: column("bytes", ""),
      also: column("value", ""),
    };
    const rows = [[{ condition: "final", bytes: 49_321, also: ["A", "B"] }]];
    const style = { width: Infinity, paint: (style: string, text: string) => `<${style}>${text}</>` };
    const text = (await collect(tablePieces({ ...texts(), columns, rows }, style))).toString();
    expect(text).toBe("<bold>condition</>    <bold>bytes</>  <bold>also</>\n<green>final</>      49.3 kB  A B\n");
  });

  it("fits a terminal whenever its first column does, and says what it leaves out", async () => {
    const width = (line: string) => stringWidth(line);
    await fc.assert(
      fc.asyncProperty(rowLists, fc.integer({ min: 40, max: 200 }), async (rows, columns) => {
        const plain = await collect(tablePieces(everyAnswer(rows)));
        const fitted = (await collect(tablePieces(everyAnswer(rows), { ...PLAIN_TABLE, width: columns }))).toString();
        const lines = fitted.trimEnd().split("\n");
        const [last = ""] = lines.slice(-1);
        const table = last.startsWith("(not shown: ") ? lines.slice(0, -1) : lines;
        expect(Math.max(...table.map(width))).toBeLessThanOrEqual(columns);
        expect(table).toHaveLength(rows.length + 1);
        const natural = Math.max(...plain.toString().split("\n").map(width));
        if (natural <= columns) expect(fitted).toBe(plain.toString());
        const names = table[0]?.split(/ +/).filter((name) => name !== "") ?? [];
        const left = last.startsWith("(not shown: ") ? (/: (.*);/.exec(last)?.[1]?.split(", ") ?? []) : [];
        expect(names.length + left.length).toBe(Object.keys(EVERY_KIND).length);
      }),
    );
  });

  it("has a header without rows, and columns in the order of the answer", async () => {
    const columns = { b: column("text", ""), 1: column("text", "") };
    const answer = { ...texts(), columns, columnOrder: ["b", "1"], rows: [] };
    expect((await collect(tablePieces(answer))).toString()).toBe("b  1\n");
    expect((await collect(csvPieces(answer))).toString()).toBe("b,1\n");
  });
});
