import duckdb, { type DataChunk, type Vector } from "@duckdb/node-bindings";
const { Type } = duckdb;

/** 2^32. DuckDB's 64-bit numbers are read as two 32-bit halves: creating a bigint for each takes ten times as long. */
const HIGH = 4_294_967_296;
/** Bounds of the high half of integers that a JavaScript number represents exactly. */
const [LOWEST_HIGH, HIGHEST_HIGH] = [-(2 ** 21), 2 ** 21 - 1];

/** Each VARCHAR takes 16 bytes in DuckDB: the length, then the text if it is short, otherwise a pointer to it. */
const TEXT_BYTES = 16;
const SHORT_TEXT_BYTES = 12;

/** Address of a long text, from the four words of its row; addresses have at most 48 bits. */
function pointerAt(words: Uint32Array, at: number): number {
  return (words[at + 3] ?? 0) * HIGH + (words[at + 2] ?? 0);
}

/** Whether a row of a column is not NULL. */
export type Validity = (row: number) => boolean;

/**
 * A column of a chunk in DuckDB's memory. It is valid only as long as the chunk is referenced; all returned values are
 * copies.
 */
export class RawColumn {
  /** DuckDB's name of its type. */
  readonly type: string;
  private readonly vector: Vector;

  constructor(
    chunk: DataChunk,
    index: number,
    private readonly count: number,
  ) {
    this.vector = duckdb.data_chunk_get_vector(chunk, index);
    this.type = Type[duckdb.get_type_id(duckdb.vector_get_column_type(this.vector))];
  }

  /** Undefined if no value is NULL. */
  validity(): Validity | undefined {
    const bytes = duckdb.vector_get_validity(this.vector, Math.ceil(this.count / 64) * 8) as Uint8Array | null;
    if (bytes === null) return undefined;
    return (row) => ((bytes[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  /**
   * Values of an INTEGER, BIGINT or DOUBLE; day numbers of a DATE; ms since the Unix epoch of a TIMESTAMP_S,
   * TIMESTAMP_MS or TIMESTAMP. A NULL gives an arbitrary number. Undefined for other types, or if JavaScript can't
   * represent a value exactly.
   */
  numbers(isValid: Validity | undefined): Int32Array | Float64Array | undefined {
    switch (this.type) {
      case "INTEGER":
      case "DATE": {
        const { buffer, byteOffset } = this.bytes(4);
        return new Int32Array(buffer, byteOffset, this.count).slice();
      }
      case "DOUBLE": {
        const { buffer, byteOffset } = this.bytes(8);
        return new Float64Array(buffer, byteOffset, this.count).slice();
      }
      case "BIGINT":
      case "TIMESTAMP_MS":
        return this.wholeNumbers(isValid);
      case "TIMESTAMP_S":
        return this.wholeNumbers(isValid)?.map((seconds) => seconds * 1000);
      case "TIMESTAMP":
        return this.wholeNumbers(isValid)?.map((micros) => micros / 1000);
      default:
        return undefined;
    }
  }

  /** Values of a UBIGINT; undefined for other types. A NULL gives an arbitrary number. */
  bigints(): bigint[] | undefined {
    if (this.type !== "UBIGINT") return undefined;
    const { buffer, byteOffset } = this.bytes(8);
    return Array.from(new BigUint64Array(buffer, byteOffset, this.count));
  }

  /** Values of a BOOLEAN; undefined for other types. */
  flags(): boolean[] | undefined {
    if (this.type !== "BOOLEAN") return undefined;
    const bytes = this.bytes(1);
    const flags: boolean[] = [];
    // `Array.from` of a typed array takes ten times as long.
    for (let row = 0; row < this.count; row++) flags.push(bytes[row] !== 0);
    return flags;
  }

  /**
   * Values of a VARCHAR; undefined for other types. A value equal to the previous one reuses its string, because rows
   * are mostly sorted by symbol.
   */
  texts(isValid: Validity | undefined): string[] | undefined {
    if (this.type !== "VARCHAR") return undefined;
    const { buffer, byteOffset } = this.bytes(TEXT_BYTES);
    const words = new Uint32Array(buffer, byteOffset, (this.count * TEXT_BYTES) / 4);
    const short = Buffer.from(buffer, byteOffset, this.count * TEXT_BYTES);
    const texts: string[] = [];
    let long = { bytes: short, start: 0, end: 0 };
    let text = "";
    let same = -1;
    for (let row = 0; row < this.count; row++) {
      if (isValid?.(row) === false) {
        texts.push("");
        continue;
      }
      const at = row * 4;
      const isSame =
        same >= 0 &&
        words[at] === words[same] &&
        words[at + 1] === words[same + 1] &&
        words[at + 2] === words[same + 2] &&
        words[at + 3] === words[same + 3];
      if (!isSame) {
        const length = words[at] ?? 0;
        if (length <= SHORT_TEXT_BYTES) {
          text = short.toString("utf8", at * 4 + 4, at * 4 + 4 + length);
        } else {
          const start = pointerAt(words, at);
          if (start < long.start || start + length > long.end) long = this.longTexts(words, row, isValid);
          text = long.bytes.toString("utf8", start - long.start, start - long.start + length);
        }
        same = at;
      }
      texts.push(text);
    }
    return texts;
  }

  /**
   * The bytes of the long text of a row, and of those of the following rows as far as DuckDB stored them one behind the
   * other, as it does with texts that it computed: asking for the bytes takes longer than decoding them.
   */
  private longTexts(words: Uint32Array, row: number, isValid: Validity | undefined) {
    const start = pointerAt(words, row * 4);
    let end = start + (words[row * 4] ?? 0);
    for (let next = row + 1; next < this.count; next++) {
      const length = words[next * 4] ?? 0;
      if (length <= SHORT_TEXT_BYTES || isValid?.(next) === false) continue;
      if (pointerAt(words, next * 4) !== end) break;
      end += length;
    }
    const { buffer, byteOffset } = words;
    const pointer = byteOffset + row * TEXT_BYTES + 8;
    return {
      bytes: Buffer.from(duckdb.get_data_from_pointer(buffer as ArrayBuffer, pointer, end - start)),
      start,
      end,
    };
  }

  private bytes(width: number) {
    const { buffer, byteOffset, byteLength } = duckdb.vector_get_data(this.vector, this.count * width);
    // DuckDB's memory is never a SharedArrayBuffer.
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  }

  private wholeNumbers(isValid: Validity | undefined): Float64Array | undefined {
    const { buffer, byteOffset } = this.bytes(8);
    const halves = new Int32Array(buffer, byteOffset, this.count * 2);
    const numbers = new Float64Array(this.count);
    for (let row = 0; row < this.count; row++) {
      const high = halves[row * 2 + 1] ?? 0;
      const isExact = high >= LOWEST_HIGH && high <= HIGHEST_HIGH;
      if (!isExact && isValid?.(row) !== false) return undefined;
      numbers[row] = high * HIGH + ((halves[row * 2] ?? 0) >>> 0);
    }
    return numbers;
  }
}
