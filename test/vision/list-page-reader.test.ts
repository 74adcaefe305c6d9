import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDay } from "../../src/calendar/day.js";
import { noFiles, ListPageError, type ListedFiles, type ListPage } from "../../src/vision/list-page.js";
import { ListPageReader, type FileKeys } from "../../src/vision/list-page-reader.js";
import { fileKeyStem, filePeriod, isChecksum, symbolPrefix } from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

const SYMBOL = "币USDT";
const stem = fileKeyStem(DEFAULT_DATASET, SYMBOL);
const keys: FileKeys = { dataset: DEFAULT_DATASET, stem };
const request = { prefix: symbolPrefix(DEFAULT_DATASET, SYMBOL), after: "", maxKeys: 1000 };
const MD5 = "9b2cf535f27731c974343645a3985328";

interface Listed {
  key: string;
  time?: string;
  etag?: string;
  size?: string;
  more?: string;
}

/** An object as S3 writes it, unless a part is given. */
function contents({ key, time = "2021-03-05T10:12:13.250Z", etag = `&quot;${MD5}&quot;`, size = "10", more }: Listed) {
  return `<Contents><Key>${key}</Key><LastModified>${time}</LastModified><ETag>${etag}</ETag>${more ?? ""}<Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

function page(inner: string, truncated = false): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><MaxKeys>1000</MaxKeys><IsTruncated>${truncated}</IsTruncated>${inner}</ListBucketResult>`;
}

type Reading = { page: ListPage } | { code: string };

/** Reads bytes that come in pieces. */
function read(pieces: Iterable<Buffer>, wanted?: FileKeys): Reading {
  const reader = new ListPageReader(request, wanted);
  try {
    for (const piece of pieces) reader.push(piece);
    return { page: reader.finish() };
  } catch (error) {
    if (error instanceof ListPageError) return { code: error.code };
    throw error;
  }
}

/** The page with files as the general method finds them: every object read as text first. */
function readAsText(bytes: Buffer): Reading {
  const reading = read([bytes]);
  if ("code" in reading) return reading;
  const files: ListedFiles = noFiles();
  const others = reading.page.others.filter(({ key, size, lastModified, etag }) => {
    const day = filePeriod(DEFAULT_DATASET, stem, key);
    if (day === undefined) return !isChecksum(DEFAULT_DATASET, stem, key);
    files.days.push(day);
    files.sizes.push(size);
    files.lastModified.push(lastModified);
    files.etagHighs.push(etag.high);
    files.etagLows.push(etag.low);
    return false;
  });
  return { page: { ...reading.page, files, others } };
}

const day = fc.integer({ min: 18_262, max: 20_500 }).map(formatDay);
const date = fc.oneof(
  { weight: 8, arbitrary: day },
  { weight: 1, arbitrary: fc.constantFrom("2024-02-30", "2024-2-01") },
);
const ending = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(".zip", ".zip.CHECKSUM") },
  { weight: 1, arbitrary: fc.constantFrom(".zip.bak", ".ZIP", "", ".zip&amp;", "&#46;zip") },
);
const key = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(date, ending).map(([date, ending]) => `${stem}${date}${ending}`) },
  { weight: 1, arbitrary: fc.constantFrom(`${request.prefix}!`, `${request.prefix}~`, "elsewhere", stem) },
);
/** Mostly what S3 writes, sometimes in another form, sometimes wrong. */
const usually = <T>(...values: T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constantFrom(...values));
const object = fc.record({
  key,
  time: usually(
    "2021-03-05T10:12:13Z",
    "2021-03-05T24:00:00.000Z",
    "2021-03-05T10:60:13.000Z",
    "2021-02-29T10:12:13.000Z",
    "1969-12-31T00:00:00.000Z",
  ),
  etag: usually(`"${MD5}"`, `&quot;${MD5}-2&quot;`, `&quot;${MD5.toUpperCase()}&quot;`, `&quot;${MD5.slice(1)}g&quot;`),
  size: usually("0", "007", "", "-1", "9007199254740991", "9007199254740992", "1".repeat(40)),
  more: usually(
    "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>",
    "<ChecksumAlgorithm>SHA256</ChecksumAlgorithm>",
    "<Owner><ID>x</ID></Owner>",
    "<Size>1</Size>",
  ),
}) as fc.Arbitrary<Listed>;
const bytewise = (a: Listed, b: Listed) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
const objects = fc
  .tuple(fc.uniqueArray(object, { maxLength: 12, selector: ({ key }) => key }), fc.integer({ min: 0, max: 9 }))
  .map(([objects, order]) => (order === 0 ? objects : [...objects].sort(bytewise)));
const xml = objects.map((objects) => page(objects.map(contents).join("")));

describe("files read from bytes", () => {
  it("are the same as when the page is read as text", () => {
    fc.assert(
      fc.property(xml, (xml) => {
        const bytes = Buffer.from(xml);
        expect(read([bytes], keys)).toEqual(readAsText(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it("are the same even after any change of a byte anywhere", () => {
    fc.assert(
      fc.property(xml, fc.nat(), fc.nat(255), fc.nat(3), (xml, at, byte, cut) => {
        const bytes = Buffer.from(xml);
        const place = at % bytes.length;
        const changed = Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place + cut)]);
        expect(read([changed], keys)).toEqual(readAsText(changed));
      }),
      { numRuns: 2000 },
    );
  });

  it("keep every fact", () => {
    const listed = [
      {
        key: `${stem}2024-02-28.zip`,
        size: "22",
        more: "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>",
      },
      { key: `${stem}2024-02-28.zip.CHECKSUM` },
      { key: `${stem}2024-02-29.zip`, time: "2024-03-01T23:59:59.999Z", size: "123456789012345" },
    ];
    expect(read([Buffer.from(page(listed.map(contents).join(""), true))], keys)).toEqual({
      page: {
        files: {
          days: [19_781, 19_782],
          sizes: [22, 123_456_789_012_345],
          lastModified: [Date.parse("2021-03-05T10:12:13.250Z"), Date.parse("2024-03-01T23:59:59.999Z")],
          etagHighs: [0x9b2cf535, 0x9b2cf535],
          etagLows: [0xf27731c9, 0xf27731c9],
        },
        others: [],
        prefixes: [],
        truncated: true,
        lastEntry: `${stem}2024-02-29.zip`,
        continuation: undefined,
      },
    });
  });

  it.each([
    ["a file twice", ["2024-02-28.zip", "2024-02-28.zip"]],
    ["a checksum before its file", ["2024-02-28.zip.CHECKSUM", "2024-02-28.zip"]],
    ["days that descend", ["2024-02-28.zip", "2024-02-27.zip"]],
    ["a foreign key in between that is out of order", ["2024-02-28.zip", "2024-02-27.zip.bak", "2024-02-29.zip"]],
    ["a file after a later foreign key", ["~", "2024-02-28.zip"]],
  ])("are refused with %s", (_name, endings) => {
    const inner = endings.map((ending) => contents({ key: stem + ending })).join("");
    expect(read([Buffer.from(page(inner))], keys)).toEqual({ code: "LIST_ORDER" });
  });

  it("are refused outside the prefix", () => {
    const other: FileKeys = { dataset: DEFAULT_DATASET, stem: fileKeyStem(DEFAULT_DATASET, "ETHUSDT") };
    const inner = contents({ key: `${other.stem}2024-02-28.zip` });
    expect(read([Buffer.from(page(inner))], other)).toEqual({ code: "LIST_FOREIGN" });
  });
});

describe("a page in pieces", () => {
  it("is the same at every boundary", () => {
    const listed = [
      { key: `${stem}2024-02-28.zip` },
      { key: `${stem}2024-02-28.zip.CHECKSUM` },
      { key: `${stem}2024-02-29.zip`, time: "2024-03-01T00:00:00Z" },
      { key: `${stem}~币` },
    ];
    const whole = Buffer.from(page(`${listed.map(contents).join("")}<Note>\u00e9</Note>\n`));
    const expected = read([whole], keys);
    expect(expected).toHaveProperty("page");
    for (let at = 0; at <= whole.length; at++) {
      expect(read([whole.subarray(0, at), whole.subarray(at)], keys), `cut at ${at}`).toEqual(expected);
    }
    expect(
      read(
        Array.from(whole, (byte) => Buffer.from([byte])),
        keys,
      ),
    ).toEqual(expected);
  });

  it("is the same in any pieces, whether the page is right or wrong", () => {
    fc.assert(
      fc.property(xml, fc.array(fc.nat(400), { minLength: 1, maxLength: 8 }), (xml, lengths) => {
        const bytes = Buffer.from(xml);
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = at + (lengths[i % lengths.length] ?? 0) + 1;
          pieces.push(bytes.subarray(at, end));
          at = end;
        }
        expect(read(pieces, keys)).toEqual(read([bytes], keys));
      }),
      { numRuns: 1000 },
    );
  });

  it("is read in linear time if one element has megabytes in small pieces", () => {
    const reader = new ListPageReader(request, keys);
    reader.push(Buffer.from("<ListBucketResult><Note>"));
    const piece = Buffer.alloc(64, "x");
    for (let i = 0; i < 60_000; i++) reader.push(piece);
    reader.push(Buffer.from("</Note><IsTruncated>false</IsTruncated></ListBucketResult>"));
    expect(reader.finish().others).toEqual([]);
  });
});
