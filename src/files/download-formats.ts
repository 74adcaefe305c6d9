import type { FileList, FileToFetch } from "./list.js";

/** What a file of a list is written as, for a tool that fetches it. */
interface DownloadFormat {
  /** What goes before all files. */
  head: string;
  entry(file: FileToFetch, bucket: string): string;
}

/**
 * Lists as downloaders take them, each run in the folder of downloads. Every path is relative to it. URLs are
 * percent-encoded and paths have no characters but letters, digits, `_`, `-`, `.` and `/`; they are quoted all the same.
 */
const FORMATS = {
  /** `wget -x -nH -i FILE`, `xargs` and the like. */
  urls: { head: "", entry: ({ url }) => `${url}\n` },
  /** `aria2c -i FILE`. What is there but wrong is written anew, not gone on with. */
  aria2: {
    head: "",
    entry: ({ url, path, reason }) => {
      const isThere = reason !== null && reason !== "new" && reason !== "late" && reason !== "missing";
      return `${url}\n  out=${path}\n${isThere ? "  allow-overwrite=true\n  continue=false\n" : ""}`;
    },
  },
  /** `s5cmd run FILE`. */
  s5cmd: { head: "", entry: ({ path }, bucket) => `cp ${shellWord(`s3://${bucket}/${path}`)} ${shellWord(path)}\n` },
  /** `curl -K FILE`. An error's page is not a file. */
  curl: {
    head: "fail\ncreate-dirs\nremote-time\n",
    entry: ({ url, path }) => `url = ${curlText(url)}\noutput = ${curlText(path)}\n`,
  },
  /** For scripts: a header, then a line a file. */
  tsv: {
    head: "url\tpath\tfile_size_bytes\tlast_modified\treason\n",
    entry: ({ url, path, file_size_bytes: size, last_modified: time, reason }) =>
      `${[url, path, size, time, reason].map((value) => String(value ?? "").replace(/[\t\r\n]/g, " ")).join("\t")}\n`,
  },
} as const satisfies Record<string, DownloadFormat>;

/** Forms in which a list is given to a downloader. */
export type DownloadFormatName = keyof typeof FORMATS;

/** Their names. */
export const DOWNLOAD_FORMATS = Object.keys(FORMATS) as readonly DownloadFormatName[];

/** A list as text for a downloader, some files at a time. */
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

/** A word as shells read it, and s5cmd. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A text as curl's configuration has it. */
function curlText(text: string): string {
  const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" };
  return `"${text.replace(/["\\]/g, "\\$&").replace(/[\n\r\t\v]/g, (char) => escapes[char] ?? char)}"`;
}
