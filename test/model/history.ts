import type { Day } from "../../src/calendar/day.js";

/** A file in the bucket at one time. */
export interface BucketFile {
  /** Bytes. */
  readonly size: number;
  /** Upload time, ms since the Unix epoch; a whole second, the resolution of HTTP. */
  readonly modified: number;
  /** 32 hexadecimal digits. */
  readonly etag: string;
}

interface Version {
  /** World time from which this version exists, ms. */
  from: number;
  /** Undefined if the key doesn't exist. */
  file: BucketFile | undefined;
}

/** All past and future contents of the bucket, by symbol, day and time. World time never goes back. */
export class BucketHistory {
  private readonly cells = new Map<string, Map<Day, Version[]>>();

  /** From `from` on, the cell has this file, or none, until a later version. At equal times, the last call wins. */
  put(symbol: string, day: Day, from: number, file: BucketFile | undefined): void {
    const days = this.cells.get(symbol) ?? new Map<Day, Version[]>();
    this.cells.set(symbol, days);
    const versions = days.get(day) ?? [];
    days.set(day, versions);
    const place = versions.findIndex((version) => version.from > from);
    versions.splice(place < 0 ? versions.length : place, 0, { from, file });
  }

  /** Removes all versions of a cell. */
  erase(symbol: string, day: Day): void {
    this.cells.get(symbol)?.delete(day);
  }

  /** The file of a cell at a time. */
  fileAt(symbol: string, day: Day, time: number): BucketFile | undefined {
    return this.cells
      .get(symbol)
      ?.get(day)
      ?.findLast((version) => version.from <= time)?.file;
  }

  /** The files of a symbol at a time, by day. */
  filesAt(symbol: string, time: number): [Day, BucketFile][] {
    return [...(this.cells.get(symbol)?.keys() ?? [])]
      .sort((a, b) => a - b)
      .flatMap((day) => {
        const file = this.fileAt(symbol, day, time);
        return file === undefined ? [] : [[day, file] as [Day, BucketFile]];
      });
  }

  /** Symbols with a file at a time, in the bucket's order. */
  foldersAt(time: number): string[] {
    return [...this.cells.keys()]
      .filter((symbol) => this.filesAt(symbol, time).length > 0)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
}
