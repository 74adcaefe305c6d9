import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { DAY_MS, FIRST_WRITTEN_DAY, formatDay, LAST_WRITTEN_DAY } from "../calendar/day.js";
import { formatMicros } from "../calendar/time.js";
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBUnionValue,
} from "../store/duckdb.js";
import { RawColumn, type Validity } from "../store/vectors.js";
import type { ColumnKind, JsonValue } from "../text/columns.js";
import { dateText, timeText as msText } from "./select.js";

/** The first and last microsecond of the four-digit years. DuckDB also has times outside them, and `infinity`. */
const [FIRST_MICRO, LAST_MICRO] = [-62_167_219_200_000_000n, 253_402_300_799_999_999n];

/** DuckDB's types by the resulting kind of column; all other types become text. */
const TYPES_BY_KIND = {
  flag: [DuckDBTypeId.BOOLEAN],
  integer: [
    DuckDBTypeId.TINYINT,
    DuckDBTypeId.SMALLINT,
    DuckDBTypeId.INTEGER,
    DuckDBTypeId.BIGINT,
    DuckDBTypeId.HUGEINT,
    DuckDBTypeId.UTINYINT,
    DuckDBTypeId.USMALLINT,
    DuckDBTypeId.UINTEGER,
    DuckDBTypeId.UBIGINT,
    DuckDBTypeId.UHUGEINT,
    DuckDBTypeId.BIGNUM,
  ],
  number: [DuckDBTypeId.FLOAT, DuckDBTypeId.DOUBLE, DuckDBTypeId.DECIMAL],
  date: [DuckDBTypeId.DATE],
  time: [
    DuckDBTypeId.TIMESTAMP,
    DuckDBTypeId.TIMESTAMP_S,
    DuckDBTypeId.TIMESTAMP_MS,
    DuckDBTypeId.TIMESTAMP_NS,
    DuckDBTypeId.TIMESTAMP_TZ,
  ],
  value: [DuckDBTypeId.LIST, DuckDBTypeId.ARRAY, DuckDBTypeId.STRUCT, DuckDBTypeId.MAP, DuckDBTypeId.UNION],
} as const satisfies { readonly [Kind in ColumnKind]?: readonly DuckDBType["typeId"][] };

const KINDS = new Map<number, ColumnKind>(
  Object.entries(TYPES_BY_KIND).flatMap(([kind, types]) => types.map((type) => [type, kind as ColumnKind] as const)),
);

/** The kind of column for a DuckDB type. */
export function columnKind(type: DuckDBType): ColumnKind {
  return type.alias === "JSON" ? "value" : (KINDS.get(type.typeId) ?? "text");
}

/**
 * The values of a column of a chunk, in the form of an answer. Values of the most common types are read without making
 * DuckDB's value objects, which took more than half of the time of a long answer.
 */
export function answerValues(chunk: DuckDBDataChunk, at: number): readonly JsonValue[] {
  const column = new RawColumn(chunk.chunk, at, chunk.rowCount);
  const isValid = column.validity();
  const values = plainValues(column, isValid);
  if (values === undefined) return chunk.getColumnValues(at).map(answerValue);
  return isValid === undefined ? values : values.map((value, row) => (isValid(row) ? value : null));
}

/** The values of a column with a common type and common values. For NULLs the value is arbitrary. */
function plainValues(column: RawColumn, isValid: Validity | undefined): readonly JsonValue[] | undefined {
  switch (column.type) {
    case "VARCHAR":
      return column.texts(isValid);
    case "BOOLEAN":
      return column.flags();
    case "INTEGER":
    case "BIGINT":
    case "DOUBLE": {
      const numbers = column.numbers(isValid);
      return numbers && [...numbers];
    }
    case "UBIGINT":
      return column.bigints()?.map(wholeNumber);
    case "DATE":
      return textsOf(column.numbers(isValid), isValid, 1, dateText);
    case "TIMESTAMP":
    case "TIMESTAMP_S":
    case "TIMESTAMP_MS":
      return textsOf(column.numbers(isValid), isValid, DAY_MS, msText);
    default:
      return undefined;
  }
}

/**
 * Texts of dates or times within the four-digit years, given as integers; undefined if any is outside.
 *
 * @param ofDay length of a day in the unit of the integers
 */
function textsOf(
  numbers: ArrayLike<number> | undefined,
  isValid: Validity | undefined,
  ofDay: number,
  text: (number: number) => string,
): string[] | undefined {
  if (numbers === undefined) return undefined;
  const [first, final] = [FIRST_WRITTEN_DAY * ofDay, (LAST_WRITTEN_DAY + 1) * ofDay - 1];
  const texts: string[] = [];
  let last = NaN;
  let lastText = "";
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row] ?? 0;
    if (isValid?.(row) === false) {
      texts.push("");
      continue;
    }
    if (number !== last) {
      if (!Number.isInteger(number) || number < first || number > final) return undefined;
      last = number;
      lastText = text(number);
    }
    texts.push(lastText);
  }
  return texts;
}

/** Converts a DuckDB value for an answer, including values in lists and structs. */
export function answerValue(value: DuckDBValue): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "bigint") return wholeNumber(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return timeText(value, value.micros);
  }
  if (value instanceof DuckDBTimestampSecondsValue) return timeText(value, value.seconds * 1_000_000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return timeText(value, value.millis * 1000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return timeText(value, value.nanos / 1000n);
  if (value instanceof DuckDBDateValue) {
    if (value.days >= FIRST_WRITTEN_DAY && value.days <= LAST_WRITTEN_DAY) return formatDay(value.days);
    if (value.isFinite) return String(value);
    return value.days > 0 ? "infinity" : "-infinity";
  }
  if (value instanceof DuckDBDecimalValue) return Number(value.toString());
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex");
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(answerValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, part]) => [name, answerValue(part)]));
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map(({ key, value }) => ({ key: answerValue(key), value: answerValue(value) }));
  }
  if (value instanceof DuckDBUnionValue) return answerValue(value.value);
  return String(value);
}

function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function timeText(value: DuckDBValue, micros: bigint): string {
  return micros >= FIRST_MICRO && micros <= LAST_MICRO ? formatMicros(micros) : String(value);
}
