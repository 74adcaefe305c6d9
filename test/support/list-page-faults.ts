/** One object of a correct list page. */
export interface Listed {
  key: string;
  size: number;
  /** As S3 writes it. */
  lastModified: string;
}

/** The parameters of a list page. */
export interface Page {
  listed: readonly Listed[];
  /** `prefix` and `start-after` of the request. */
  prefix: string;
  after: string;
}

/** How a server corrupts a list page. The result is the whole body, or the whole response if it starts with HTTP/. */
export interface ListingFault {
  name: string;
  /** False if the page is still correct for the symbol. */
  harmful: boolean;
  spoil: (page: Page) => string | Buffer;
}

export function contents({ key, size, lastModified }: Listed): string {
  return `<Contents><Key>${escapeXml(key)}</Key><LastModified>${lastModified}</LastModified><ETag>&quot;0&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

export function listing(inner: string, count: number, truncated = false): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>data.binance.vision</Name><KeyCount>${count}</KeyCount><IsTruncated>${truncated}</IsTruncated>${inner}</ListBucketResult>`;
}

export function honestPage({ listed }: Page): string {
  return listing(listed.map(contents).join(""), listed.length);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']|\p{Cc}/gu, (char) => `&#${char.charCodeAt(0)};`);
}

const TIME = "2024-03-05T10:12:13.000Z";

/** A correct page with additional keys, sorted by their bytes. */
function withKeys(page: Page, keys: (stem: string) => readonly string[]): string {
  const symbol = page.prefix.split("/").at(-3) ?? "";
  const more = keys(`${page.prefix}${symbol}-1m-`).map((key) => ({ key, size: 7, lastModified: TIME }));
  const listed = [
    ...page.listed,
    ...more.filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(page.after)) > 0),
  ];
  listed.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  return honestPage({ ...page, listed });
}

/** The correct page with a part replaced, which must be on it. */
function replaced(page: Page, from: string, to: string): string {
  const xml = honestPage(page);
  if (!xml.includes(from)) throw new Error(`${from} is not on the page`);
  return xml.replace(from, to);
}

function added(page: Page, inner: string): string {
  return honestPage(page)
    .replace(/<KeyCount>\d+<\/KeyCount>/, "")
    .replace("</ListBucketResult>", `${inner}</ListBucketResult>`);
}

const harmful = (name: string, spoil: ListingFault["spoil"]): ListingFault => ({ name, harmful: true, spoil });
const harmless = (name: string, spoil: ListingFault["spoil"]): ListingFault => ({ name, harmful: false, spoil });

const bogus = (key: string) => contents({ key, size: 1, lastModified: TIME });

export const LISTING_FAULTS: readonly ListingFault[] = [
  harmless("honest", honestPage),
  harmless("keys that are not files", (page) =>
    withKeys(page, (stem) => [
      `${stem}2024-02-30.zip`,
      `${stem}2024-13-01.zip`,
      `${stem}0000-00-00.zip`,
      `${stem}2024-02-03.ZIP`,
      `${stem}2024-02-03.zip.bak`,
      `${stem}2024-02-03.zip/x`,
      `${stem}2024-02-3.zip`,
      `${page.prefix}part-00000-c000.zip`,
      `${page.prefix}~OTHER-1m-2024-02-03.zip`,
    ]),
  ),
  harmless("keys of other places and worse", (page) =>
    withKeys(page, (stem) => [
      `${stem}2024-02-03.zip\n`,
      `${stem}2024-02-03\n.zip`,
      `${stem}2024-02-03.zip\u001b[2J\u001b]0;owned\u0007`,
      `${page.prefix}../../ETHUSDT/1m/ETHUSDT-1m-2024-02-03.zip`,
      `${page.prefix}x https://evil.example/2024-02-03.zip`,
      `${page.prefix}x'); DROP TABLE availability; --`,
      `${page.prefix}x😀`,
      `${page.prefix}${"z".repeat(900)}`,
    ]),
  ),
  harmless("unknown elements", (page) =>
    added(page, "<Marker/><Future><Key>x</Key></Future><RequestCharged>requester</RequestCharged>"),
  ),
  harmful("an empty body", () => ""),
  harmful("a web page", () => "<!doctype html><html><body>Sign in to the hotel's network</body></html>"),
  harmful("JSON", () => '{"keys":[]}'),
  harmful("an error with status 200", () => '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>'),
  harmful("another root", (page) => honestPage(page).replaceAll("ListBucketResult", "ListAllMyBucketsResult")),
  harmful("cut off", (page) => honestPage(page).slice(0, -20)),
  harmful("cut off in the head", (page) => honestPage(page).slice(0, 60)),
  harmful("two pages in one", (page) => honestPage(page) + honestPage(page)),
  harmful("a page of another prefix", () => listing("<Prefix>data/spot/daily/klines/ETHUSDT/1m/</Prefix>", 0)),
  harmful("a page from another start", (page) => listing(`<StartAfter>${page.after}~</StartAfter>`, 0)),
  harmful("a page of no entries", () => listing("<MaxKeys>0</MaxKeys>", 0)),
  harmful("no IsTruncated", (page) => replaced(page, "<IsTruncated>false</IsTruncated>", "")),
  harmful("IsTruncated TRUE", (page) => replaced(page, ">false</IsTruncated>", ">TRUE</IsTruncated>")),
  harmful("promises more but has nothing", () => listing("", 0, true)),
  harmful("the same page forever", (page) =>
    listing(bogus(`${page.prefix}!`) + page.listed.map(contents).join(""), page.listed.length + 1, true),
  ),
  harmful("a wrong KeyCount", (page) => replaced(page, "<KeyCount>", "<KeyCount>9")),
  harmful("a key before the page", (page) => added(page, bogus(`${page.prefix}!`))),
  harmful("a key twice", (page) => added(page, bogus(`${page.prefix}~`) + bogus(`${page.prefix}~`))),
  harmful("a key of another symbol", (page) => added(page, bogus(`data/futures/um/daily/klines/ZZZUSDT/1m/x`))),
  harmful("a key outside the bucket's layout", (page) => added(page, bogus("../../etc/passwd"))),
  harmful("an empty key", (page) => added(page, bogus(""))),
  harmful("a negative size", (page) => added(page, bogus(`${page.prefix}~`).replace("<Size>1", "<Size>-1"))),
  harmful("a size too large for a number", (page) =>
    added(page, bogus(`${page.prefix}~`).replace("<Size>1", "<Size>99999999999999999999")),
  ),
  harmful("no size", (page) => added(page, bogus(`${page.prefix}~`).replace("<Size>1</Size>", ""))),
  harmful("a day that doesn't exist", (page) =>
    added(page, bogus(`${page.prefix}~`).replace(TIME, "2024-02-30T00:00:00.000Z")),
  ),
  harmful("a time of a million digits", (page) =>
    added(page, bogus(`${page.prefix}~`).replace(TIME, "9".repeat(1_000_000))),
  ),
  harmful("a time without a zone", (page) =>
    added(page, bogus(`${page.prefix}~`).replace(TIME, "2024-02-03T00:00:00.000")),
  ),
  harmful(
    "an entity bomb",
    (page) =>
      `<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${honestPage(page).slice(39)}`,
  ),
  harmful("an entity of a file", (page) => added(page, bogus(`${page.prefix}~`).replace("~<", "&xxe;<"))),
  harmful("encoded keys", (page) => added(page, "<EncodingType>url</EncodingType>")),
  harmful("markup inside a key", (page) => added(page, bogus(`${page.prefix}~`).replace("~<", "~<b>x</b><"))),
  harmful("CDATA", (page) => added(page, bogus(`${page.prefix}~`).replace("~<", "<![CDATA[~]]><"))),
  harmful("bytes that are not UTF-8", (page) =>
    Buffer.concat([
      Buffer.from(honestPage(page).slice(0, -19)),
      Buffer.from([0xc3, 0x28]),
      Buffer.from("</ListBucketResult>"),
    ]),
  ),
  harmful("UTF-16", (page) => Buffer.from(`\ufeff${honestPage(page)}`, "utf16le")),
  harmful("six million bytes", (page) => added(page, `<Note>${"x".repeat(6_000_000)}</Note>`)),
  harmful("1,001 keys", (page) =>
    added(page, Array.from({ length: 1001 }, (_, i) => bogus(`${page.prefix}~${String(i).padStart(5, "0")}`)).join("")),
  ),
  harmful(
    "shorter than it says",
    (page) => `HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\nConnection: close\r\n\r\n${honestPage(page)}`,
  ),
  harmful("404", () => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
  harmful("a redirect", () => "HTTP/1.1 301 Moved\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n"),
  harmful("503", () => "HTTP/1.1 503 Slow Down\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"),
  harmful("broken gzip", () => {
    const body = "not gzip at all";
    return `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }),
];
