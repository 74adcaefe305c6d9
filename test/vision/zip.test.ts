import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { oneFileZip } from "../../src/replica/one-file-zip.js";
import { unzipOne } from "../../src/vision/zip.js";

const NAME = "BTCUSDT-1d-2024-01.csv";
const MAX = 10_000;
const CONTENT = Buffer.from("1,2,3\n".repeat(100));
const zipped = (files: Record<string, Uint8Array>, level: 0 | 6 = 6) => Buffer.from(zipSync(files, { level }));
const refused = (zip: Buffer, reason: RegExp) => {
  expect(() => unzipOne(zip, NAME, MAX)).toThrow(
    expect.objectContaining({ code: "ZIP_BAD", message: expect.stringMatching(reason) as string }),
  );
};

describe("the file of a zip", () => {
  it("comes out as it went in, deflated or stored, with or without a comment at the end", () => {
    const contents = fc.uint8Array({ maxLength: MAX }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(contents, fc.constantFrom(0 as const, 6 as const), fc.nat(300), (content, level, comment) => {
        expect(unzipOne(zipped({ [NAME]: content }, level), NAME, MAX)).toEqual(content);
        expect(unzipOne(oneFileZip(NAME, content, 1.7e12, content.length + 500 + comment), NAME, MAX)).toEqual(content);
      }),
    );
  });

  it("is not taken from a zip that has two, none or one with another name", () => {
    refused(zipped({ [NAME]: CONTENT, "other.csv": CONTENT }), /holds 2 files/);
    refused(zipped({}), /holds 0 files/);
    refused(zipped({ "../evil.csv": CONTENT }), /holds "..\/evil.csv" instead/);
  });

  it("is not inflated beyond the allowed size, whatever size the zip states", () => {
    const bomb = zipped({ [NAME]: Buffer.alloc(5_000_000) });
    refused(bomb, /5000000 bytes, more than the 10000/);
    // The size in the directory is wrong.
    const end = bomb.length - 22;
    bomb.writeUInt32LE(9_999, bomb.readUInt32LE(end + 16) + 24);
    refused(bomb, /can't be inflated/);
  });

  it("is refused when its CRC is wrong", () => {
    const zip = zipped({ [NAME]: CONTENT }, 0);
    const at = zip.indexOf("1,2,3");
    zip[at] = "9".charCodeAt(0);
    refused(zip, /CRC/);
  });

  it("is refused if the zip is cut anywhere, or any of its relevant bytes is changed", () => {
    const zip = zipped({ [NAME]: CONTENT });
    for (let length = 0; length < zip.length; length++) refused(zip.subarray(0, length), /./);
    fc.assert(
      fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = Buffer.from(zip);
        other[at] = (other[at] ?? 0) ^ change;
        let content: Buffer;
        try {
          content = unzipOne(other, NAME, MAX);
        } catch (error) {
          expect(error).toMatchObject({ code: "ZIP_BAD" });
          return;
        }
        expect(content).toEqual(CONTENT);
      }),
      { numRuns: 1000 },
    );
  });
});
