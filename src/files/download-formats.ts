import type { FileList, FileToFetch } from "./list.js";

/** How a list of files is written for a download tool. */
interface DownloadFormat {
  /** Text before the first file. */
  head: string;
  entry(file: FileToFetch, bucket: string): string;
}

/**
 * List formats of download tools, which are run in the download folder. Every path is relative to it. URLs are
 * percent-encoded, and paths contain only letters, digits, `_`, `-`, `.` and `/`; they are quoted anyway.
 */
const FORMATS = {
  /** For `wget -x -nH -i FILE`, `xargs` and similar tools. */
  urls: { head: "", entry: ({ url }) => `${url}\n` },
  /** For `aria2c -i FILE`. A file that exists but is wrong is overwritten rather than resumed. */
  aria2: {
    head: "",
    entry: ({ url, path, reason }) => {
      const isThere = reason !== null && reason !== "new" && reason !== "late" && reason !== "missing";
      return `${url}\n  out=${path}\n${isThere ? "  allow-overwrite=true\n  continue=false\n" : ""}`;
    },
  },
  /** For `s5cmd run FILE`. */
  s5cmd: { head: "", entry: ({ path }, bucket) => `cp ${shellWord(`s3://${bucket}/${path}`)} ${shellWord(path)}\n` },
  /** For `curl -K FILE`. `fail` keeps error pages from being saved as files. */
  curl: {
    head: "fail\ncreate-dirs\nremote-time\n",
    entry: ({ url, path }) => `url = ${curlText(url)}\noutput = ${curlText(path)}\n`,
  },
  /** For scripts: a header, then one line per file. */
  tsv: {
    head: "url\tpath\tfile_size_bytes\tlast_modified\treason\n",
    entry: ({ url, path, file_size_bytes: size, last_modified: time, reason }) =>
      `${[url, path, size, time, reason].map((value) => String(value ?? "").replace(/[\t\r\n]/g, " ")).join("\t")}\n`,
  },
} as const satisfies Record<string, DownloadFormat>;

/** Name of a format for download tools. */
export type DownloadFormatName = keyof typeof FORMATS;

/** The names of all formats. */
export const DOWNLOAD_FORMATS = Object.keys(FORMATS) as readonly DownloadFormatName[];

/** A list as text for a download tool, in pieces. */
export async function* downloadPieces(
  { facts, rows }: Pick<FileList, "rows"> & { facts: Pick<FileList["facts"], "bucket"> },
  name: DownloadFormatName,
): AsyncGenerator<string> {
  const format: DownloadFormat = FORMATS[name];
  yield format.head;
  for await (const some of rows) {
    let piece = "";
    for (const file of some) piece += format.entry(file, facts.bucket);
    yield piece;
  }
}

/** Quotes a word for shells and s5cmd. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Quotes a string for curl's configuration file. */
function curlText(text: string): string {
  const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" };
  return `"${text.replace(/["\\]/g, "\\$&").replace(/[\n\r\t\v]/g, (char) => escapes[char] ?? char)}"`;
}
