import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOWNLOAD_FORMATS, downloadPieces, type DownloadFormatName } from "../../src/files/download-formats.js";
import type { FileToFetch } from "../../src/files/list.js";
import { fileKey, keyPath } from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { isSymbol } from "../../src/vision/symbol.js";

/**
 * Any text except NUL, which no path contains: with quotes, blanks, backslashes and anything else that a tool could
 * interpret.
 */
const hostile = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("'", '"', "\\", " ", "$", "`", "#", "=", "*", "\t", "a") }),
  )
  .filter((text) => text !== "" && !text.includes("\0"));

/** Names that a store can have. */
const symbol = fc
  .oneof(
    fc.constantFrom("BTCUSDT", "币安人生USDT", "ÅÄÖUSDT", "1000PEPEUSDT"),
    fc.string({ unit: "binary", minLength: 2, maxLength: 20 }),
  )
  .filter(isSymbol);

function fileAt(path: string, url: string, reason: string | null = null): FileToFetch {
  const file = { date: "2024-03-01", symbol: "BTCUSDT", file_size_bytes: 5, last_modified: "2024-03-02T09:00:00Z" };
  return { ...file, reason, path, url, etag: null };
}

async function written(format: DownloadFormatName, ...files: FileToFetch[]): Promise<string> {
  const rows = (async function* () {
    await Promise.resolve();
    yield files;
  })();
  let text = "";
  for await (const piece of downloadPieces({ facts: { bucket: "data.binance.vision" }, rows }, format)) text += piece;
  return text;
}

/** The words of a line as a POSIX shell, and therefore s5cmd, splits it. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? "";
    if (char === "'") {
      const end = line.indexOf("'", at + 1);
      word = (word ?? "") + line.slice(at + 1, end);
      at = end;
    } else if (char === "\\") word = (word ?? "") + (line[++at] ?? "");
    else if (/[ \t\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  return word === undefined ? words : [...words, word];
}

/** A quoted value of curl's configuration, unquoted as curl's parser does it. */
function curlValue(line: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", v: "\v" };
  const value = /^\w+ = "((?:[^"\\]|\\[^])*)"$/.exec(line)?.[1];
  if (value === undefined) throw new Error(`not a quoted value: ${line}`);
  return value.replace(/\\([^])/g, (_, char: string) => escapes[char] ?? char);
}

describe("a list for a downloader", () => {
  it("can be read back by s5cmd and curl, whatever the path", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (path, url) => {
        expect(shellWords(await written("s5cmd", fileAt(path, url)))).toEqual([
          "cp",
          `s3://data.binance.vision/${path}`,
          path,
        ]);
        const lines = (await written("curl", fileAt(path, url))).split("\n");
        expect(lines.slice(0, 3)).toEqual(["fail", "create-dirs", "remote-time"]);
        expect(lines.slice(3, 5).map(curlValue)).toEqual([url, path]);
      }),
    );
  });

  it("has a separate line for each item in every format, and URLs in ASCII, whatever the symbol", async () => {
    await fc.assert(
      fc.asyncProperty(symbol, async (name) => {
        const key = fileKey(DEFAULT_DATASET, name, 19_000);
        const url = `https://data.binance.vision${keyPath(key)}`;
        expect(url).toMatch(/^[!-~]+$/);
        expect(decodeURIComponent(new URL(url).pathname)).toBe(`/${key}`);
        const file = fileAt(key, url);
        expect(await written("urls", file)).toBe(`${url}\n`);
        expect(await written("aria2", file)).toBe(`${url}\n  out=${key}\n`);
        const [header, row, ...rest] = (await written("tsv", file)).split("\n");
        expect(rest).toEqual([""]);
        const columns = Object.fromEntries(
          (header ?? "").split("\t").map((column, at) => [column, row?.split("\t")[at]]),
        );
        expect(columns).toEqual({
          ...{ url, path: key, file_size_bytes: "5", last_modified: "2024-03-02T09:00:00Z", reason: "" },
        });
        for (const format of DOWNLOAD_FORMATS) expect(await written(format, file)).not.toMatch(/\r|\u2028|\u2029/);
      }),
    );
  });

  it("makes aria2 overwrite files that are wrong and continue unfinished ones", async () => {
    const wrong = ["replaced", "stale", "damaged", "incomplete"];
    for (const reason of [null, "new", "late", "missing", ...wrong]) {
      const text = await written("aria2", fileAt("a.zip", "https://a/a.zip", reason));
      expect(text.includes("allow-overwrite=true"), String(reason)).toBe(reason !== null && wrong.includes(reason));
    }
  });
});
