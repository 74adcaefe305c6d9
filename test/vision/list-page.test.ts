import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_ETAG } from "../../src/vision/etag.js";
import { compareUtf8 } from "../../src/vision/list-order.js";
import { ListPageError, noFiles, type ListPage } from "../../src/vision/list-page.js";
import { ListPageReader } from "../../src/vision/list-page-reader.js";
import { listQuery, type ListRequest } from "../../src/vision/list-request.js";

const request = { prefix: "p/", after: "", maxKeys: 1000 } as const;

function contents(key: string, size = "10", time = "2021-03-05T10:12:13.000Z"): string {
  return `<Contents><Key>${key}</Key><LastModified>${time}</LastModified><ETag>&quot;0&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

function page(inner: string, truncated = "<IsTruncated>false</IsTruncated>"): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p/</Prefix><Marker/><MaxKeys>1000</MaxKeys>${truncated}${inner}</ListBucketResult>`;
}

/** Reads a page that comes in one piece, without files of its own: all objects are foreign. */
function readPage(xml: string, request: ListRequest): ListPage {
  const reader = new ListPageReader(request);
  reader.push(Buffer.from(xml));
  return reader.finish();
}

function codeOf(xml: string, after = ""): string {
  try {
    readPage(xml, { ...request, after });
  } catch (error) {
    if (error instanceof ListPageError) return error.code;
    throw error;
  }
  return "parsed";
}

describe("ListPageReader", () => {
  it.each([
    ["2021-03-05T10:12:13.000Z", 0],
    ["2021-03-05T10:12:13Z", 0],
    ["2021-03-05T10:12:13.5Z", 500],
    ["2021-03-05T10:12:13.123456789Z", 123],
    ["2021-03-05T10:12:13.25+00:00", 250],
    ["2021-03-05T10:12:13-00:00", 0],
  ])("reads the time %s", (text, ms) => {
    const { others } = readPage(page(contents("p/a", "1", text)), request);
    expect(others.map(({ lastModified }) => lastModified)).toEqual([Date.UTC(2021, 2, 5, 10, 12, 13, ms)]);
  });

  it("reads the end of a day as the start of the next", () => {
    const { others } = readPage(page(contents("p/a", "1", "2021-03-05T24:00:00Z")), request);
    expect(others.map(({ lastModified }) => lastModified)).toEqual([Date.UTC(2021, 2, 6)]);
  });

  it.each([
    "2021-03-05T24:00:01Z",
    "2021-03-05T10:60:13Z",
    "2021-03-05T10:12:60Z",
    "2021-03-05T10:12:13",
    "2021-03-05T10:12:13.Z",
  ])("refuses the time %s", (text) => {
    expect(codeOf(page(contents("p/a", "1", text)))).toBe("LIST_MALFORMED");
  });

  it("keeps the first 8 bytes of an ETag that is an md5", () => {
    const withEtag = (etag: string) => contents("p/a").replace("&quot;0&quot;", etag);
    const etagsOf = (xml: string) => readPage(page(xml), request).others.map(({ etag }) => etag);
    const etagOf = (etag: string) => etagsOf(withEtag(etag));
    expect(etagOf("&quot;9b2cf535f27731c974343645a3985328&quot;")).toEqual([{ high: 0x9b2cf535, low: 0xf27731c9 }]);
    expect(etagOf('"9B2CF535F27731C974343645A3985328"')).toEqual([{ high: 0x9b2cf535, low: 0xf27731c9 }]);
    expect(etagOf("&quot;9b2cf535f27731c974343645a3985328-2&quot;")).toEqual([NO_ETAG]);
    expect(etagsOf(contents("p/a").replace(/<ETag>.*<\/ETag>/, ""))).toEqual([NO_ETAG]);
  });

  it("reads several prefixes in one CommonPrefixes", () => {
    const xml = page("<CommonPrefixes><Prefix>p/x/</Prefix><Prefix>p/y/</Prefix></CommonPrefixes>");
    expect(readPage(xml, { ...request, delimiter: "/" }).prefixes).toEqual(["p/x/", "p/y/"]);
  });

  it("skips the group that the previous page ended with", () => {
    const groups =
      "<CommonPrefixes><Prefix>p/x/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>p/y/</Prefix></CommonPrefixes>";
    expect(readPage(page(groups), { ...request, delimiter: "/", after: "p/x/" }).prefixes).toEqual(["p/y/"]);
    const same = "<CommonPrefixes><Prefix>p/x/</Prefix></CommonPrefixes>";
    expect(codeOf(page(same, "<IsTruncated>true</IsTruncated>"), "p/x/")).toBe("LIST_STUCK");
  });

  it("says how the server wants to be asked for the next page", () => {
    const next = (inner: string) => readPage(page(contents("p/a") + inner, "<IsTruncated>true</IsTruncated>"), request);
    const token = { parameter: "continuation-token", value: "a+/=&b" } as const;
    const marker = { parameter: "marker", value: "p/a" } as const;
    expect(next("<NextContinuationToken>a+/=&amp;b</NextContinuationToken>").continuation).toEqual(token);
    expect(next("<NextMarker>p/a</NextMarker>").continuation).toEqual(marker);
    const query = (continuation: typeof token | typeof marker) =>
      new URLSearchParams(listQuery({ ...request, after: "p/a", continuation }));
    expect(query(token).get("continuation-token")).toBe("a+/=&b");
    expect(query(token).get("start-after")).toBeNull();
    expect(query(marker).get("marker")).toBe("p/a");
  });

  it("reads keys, sizes, times, prefixes and whether there is more", () => {
    const xml = page(
      `${contents("p/a&amp;b&#x26;&#38;", "0")}${contents("p/币", "123456789012", "1970-01-01T00:00:00.001Z")}<CommonPrefixes><Prefix>p/x/</Prefix></CommonPrefixes>`,
      "<IsTruncated>true</IsTruncated>",
    );
    const parsed = readPage(xml, { ...request, delimiter: "/" });
    expect(parsed).toEqual({
      files: noFiles(),
      others: [
        { key: "p/a&b&&", size: 0, lastModified: Date.parse("2021-03-05T10:12:13.000Z"), etag: NO_ETAG },
        { key: "p/币", size: 123456789012, lastModified: 1, etag: NO_ETAG },
      ],
      prefixes: ["p/x/"],
      truncated: true,
      lastEntry: "p/币",
      continuation: undefined,
    });
  });

  it("accepts any order of elements and whitespace between them", () => {
    const xml = `<ListBucketResult>
      <Contents><Size>1</Size><Owner><ID>x</ID></Owner><LastModified>2021-03-05T10:12:13.000Z</LastModified><Key>p/a</Key></Contents>
      <KeyCount>1</KeyCount> <IsTruncated>false</IsTruncated>
    </ListBucketResult>\n`;
    expect(readPage(xml, request).others.map(({ key }) => key)).toEqual(["p/a"]);
  });

  it.each([
    ["a page without IsTruncated", page(contents("p/a"), ""), "LIST_MALFORMED"],
    [
      "IsTruncated twice",
      page("", "<IsTruncated>true</IsTruncated><IsTruncated>false</IsTruncated>"),
      "LIST_MALFORMED",
    ],
    ["IsTruncated with another word", page("", "<IsTruncated>yes</IsTruncated>"), "LIST_MALFORMED"],
    ["an empty page that claims more pages follow", page("", "<IsTruncated>true</IsTruncated>"), "LIST_STUCK"],
    ["an unknown entity", page(contents("p/&bomb;")), "LIST_MALFORMED"],
    ["an unfinished entity", page(contents("p/&amp")), "LIST_MALFORMED"],
    ["a key out of order", page(contents("p/b") + contents("p/a")), "LIST_ORDER"],
    ["a key twice", page(contents("p/a") + contents("p/a")), "LIST_ORDER"],
    ["a key outside the prefix", page(contents("q/a")), "LIST_FOREIGN"],
    ["a negative size", page(contents("p/a", "-1")), "LIST_MALFORMED"],
    ["a size beyond any file", page(contents("p/a", "99999999999999999999")), "LIST_MALFORMED"],
    ["an empty size", page(contents("p/a", "")), "LIST_MALFORMED"],
    ["a local time", page(contents("p/a", "1", "2021-03-05T10:12:13+02:00")), "LIST_MALFORMED"],
    ["a date that doesn't exist", page(contents("p/a", "1", "2021-02-30T10:12:13.000Z")), "LIST_MALFORMED"],
    ["a wrong KeyCount", page(`<KeyCount>2</KeyCount>${contents("p/a")}`), "LIST_MALFORMED"],
    ["encoded keys nobody asked for", page(`<EncodingType>url</EncodingType>${contents("p/a")}`), "LIST_MALFORMED"],
    ["an object without a key", page("<Contents><Size>1</Size></Contents>"), "LIST_MALFORMED"],
    ["an element inside a key", page(contents("p/a<b/>")), "LIST_MALFORMED"],
    ["an error document", '<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>', "LIST_MALFORMED"],
    ["a web page", "<!doctype html><html></html>", "LIST_MALFORMED"],
    ["nothing", "", "LIST_MALFORMED"],
    ["a document type with entities", `<!DOCTYPE x [<!ENTITY a "aa">]>${page(contents("p/a"))}`, "LIST_MALFORMED"],
    ["a key twice in one object", page(contents("p/a").replace("</Key>", "</Key><Key>p/b</Key>")), "LIST_MALFORMED"],
    ["KeyCount twice", page("<KeyCount>0</KeyCount><KeyCount>0</KeyCount>"), "LIST_MALFORMED"],
    ["a byte order mark inside", page("", "<IsTruncated>\ufefffalse</IsTruncated>"), "LIST_MALFORMED"],
    ["a key longer than S3 allows", page(contents(`p/${"x".repeat(1023)}`)), "LIST_MALFORMED"],
    ["a tag without end", page(`<Note ${"x".repeat(2000)}`), "LIST_MALFORMED"],
    ["text between elements", page(`stray${contents("p/a")}`), "LIST_MALFORMED"],
  ])("rejects %s", (_name, xml, code) => {
    expect(codeOf(xml)).toBe(code);
  });

  it("rejects a page that doesn't advance", () => {
    expect(codeOf(page(contents("p/a")), "p/a")).toBe("LIST_ORDER");
  });

  it("rejects more entries than were asked for", () => {
    const xml = page(contents("p/a") + contents("p/b")).replace("<MaxKeys>1000</MaxKeys>", "");
    expect(() => readPage(xml, { ...request, maxKeys: 1 })).toThrow("more entries than the 1 requested");
  });

  describe("that says which request it answers", () => {
    const listRequest: ListRequest = { prefix: "币&/", after: "币&/a", maxKeys: 40 };
    const grouped: ListRequest = { ...listRequest, delimiter: "/" };
    const byToken: ListRequest = { ...grouped, continuation: { parameter: "continuation-token", value: "a+/=&" } };
    const byMarker: ListRequest = { ...grouped, continuation: { parameter: "marker", value: "币&/b" } };

    function outcome(request: ListRequest, echoes: string): string {
      try {
        readPage(`<ListBucketResult>${echoes}<IsTruncated>false</IsTruncated></ListBucketResult>`, request);
        return "parsed";
      } catch (error) {
        if (error instanceof ListPageError) return error.code;
        throw error;
      }
    }

    it.each<[string, ListRequest, string]>([
      ["nothing", listRequest, ""],
      ["the prefix", listRequest, "<Prefix>币&amp;/</Prefix>"],
      ["the prefix with other entities", listRequest, "<Prefix>&#x5E01;&#38;/</Prefix>"],
      ["the start", listRequest, "<StartAfter>币&amp;/a</StartAfter>"],
      ["no start, as none was sent", { ...listRequest, after: "" }, "<StartAfter/><Marker></Marker>"],
      ["no start after a token, with which none is sent", byToken, "<StartAfter/>"],
      ["no marker, since version 1 doesn't know start-after", listRequest, "<Marker/>"],
      ["the marker", byMarker, "<Marker>币&amp;/b</Marker>"],
      ["the token", byToken, "<ContinuationToken>a+/=&amp;</ContinuationToken>"],
      ["no token, as none was sent", listRequest, "<ContinuationToken/>"],
      ["the delimiter", grouped, "<Delimiter>/</Delimiter>"],
      ["no delimiter, as none was sent", listRequest, "<Delimiter></Delimiter>"],
      ["the number of entries", listRequest, "<MaxKeys>40</MaxKeys>"],
      ["that it allows fewer entries", listRequest, "<MaxKeys>1</MaxKeys>"],
    ])("is read if it names %s", (_name, request, echoes) => {
      expect(outcome(request, echoes)).toBe("parsed");
    });

    it.each<[string, ListRequest, string]>([
      ["another prefix", listRequest, "<Prefix>币&amp;/x/</Prefix>"],
      ["a longer prefix than the whole bucket", { ...listRequest, prefix: "", after: "" }, "<Prefix>p/</Prefix>"],
      ["no prefix", listRequest, "<Prefix/>"],
      ["another start", listRequest, "<StartAfter>币&amp;/b</StartAfter>"],
      ["a start, though none was sent", { ...listRequest, after: "" }, "<StartAfter>币&amp;/b</StartAfter>"],
      ["another marker", byMarker, "<Marker>币&amp;/c</Marker>"],
      ["a marker, though none was sent", listRequest, "<Marker>币&amp;/c</Marker>"],
      ["another token", byToken, "<ContinuationToken>b</ContinuationToken>"],
      ["a token, though none was sent", listRequest, "<ContinuationToken>b</ContinuationToken>"],
      ["another delimiter", grouped, "<Delimiter>-</Delimiter>"],
      ["no delimiter, though one was sent", grouped, "<Delimiter/>"],
      ["a delimiter, though none was sent", listRequest, "<Delimiter>/</Delimiter>"],
      ["no entries", listRequest, "<MaxKeys>0</MaxKeys>"],
      ["more entries", listRequest, "<MaxKeys>1000</MaxKeys>"],
      ["a number of entries that is none", listRequest, "<MaxKeys/>"],
    ])("is refused if it names %s, even when it is empty", (_name, request, echoes) => {
      expect(outcome(request, echoes)).toBe("LIST_FOREIGN");
    });

    it.each(["Prefix", "Delimiter", "StartAfter", "ContinuationToken", "Marker", "MaxKeys"])(
      "is refused if it has %s twice, or with elements in it",
      (name) => {
        const values = { Prefix: "币&amp;/", StartAfter: "币&amp;/a", MaxKeys: "40" } as Record<string, string>;
        const echo = `<${name}>${values[name] ?? ""}</${name}>`;
        expect(outcome(listRequest, echo)).toBe("parsed");
        expect(outcome(listRequest, echo + echo)).toBe("LIST_MALFORMED");
        expect(outcome(listRequest, `<${name}><b/></${name}>`)).toBe("LIST_MALFORMED");
      },
    );
  });

  it("rejects a group that doesn't end with the delimiter", () => {
    const xml = page("<CommonPrefixes><Prefix>p/xy</Prefix></CommonPrefixes>");
    expect(() => readPage(xml, { ...request, delimiter: "/" })).toThrow(`the group "p/xy" doesn't end with "/"`);
  });

  it("rejects groups that nobody asked for: they hide keys", () => {
    expect(codeOf(page("<CommonPrefixes><Prefix>p/x/</Prefix></CommonPrefixes>"))).toBe("LIST_MALFORMED");
  });

  it("never takes a truncated page for a complete one, wherever it is cut", () => {
    const whole = page(contents("p/a") + contents("p/b") + contents("p/c"));
    for (let length = 0; length < whole.length; length++) {
      expect(codeOf(whole.slice(0, length)), `cut at ${length}`).not.toBe("parsed");
    }
    expect(codeOf(whole)).toBe("parsed");
  });

  it("gives a typed error or a page for any mutation of one", () => {
    const whole = page(contents("p/a") + contents("p/b"));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(20), fc.string({ maxLength: 20 }), (at, cut, insert) => {
        codeOf(whole.slice(0, at) + insert + whole.slice(at + cut));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("compareUtf8", () => {
  it("orders as the UTF-8 bytes do", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "币", "\uffee", "𠮷", "🚀"), maxLength: 5 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("listingQuery", () => {
  it("escapes what it sends", () => {
    const query = new URLSearchParams(listQuery({ prefix: "a&b=币", after: "x y", delimiter: "/", maxKeys: 7 }));
    expect(Object.fromEntries(query)).toEqual({
      "list-type": "2",
      prefix: "a&b=币",
      "start-after": "x y",
      delimiter: "/",
      "max-keys": "7",
    });
  });
});
