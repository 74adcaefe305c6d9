import { createHash } from "node:crypto";
import { DAY_MS, DAY_SECONDS, type Day } from "../calendar/day.js";
import { monthOf, periodSpan } from "../calendar/period.js";
import { UM_DAILY_KLINES_1D, UM_MONTHLY_KLINES_1D } from "../vision/datasets/um-klines-1d.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { fileKeyEnd, fileNameStem } from "../vision/object-key.js";
import { barsCsv, type MinuteFile } from "./bars.js";
import { oneFileZip } from "./one-file-zip.js";
import { fileIndex, FolderBuilder, type Folder, type History } from "./history.js";

/*
 * The 1d klines of a history. They are derived from its 1-minute files rather than stored, so that both always agree.
 */

/** Bytes of a zip, more than its rows need; the zip's comment pads the rest. */
const ZIP_BYTES = 460;
const ROW_BYTES = 84;
/** Makes most versions of a file differ in size. */
const VERSION_BYTES = 61;

/**
 * A monthly file is uploaded on the second day after the month, 10:00 UTC, or with its last daily file if that is
 * later.
 */
const MONTH_UPLOAD_SECONDS = DAY_SECONDS + 10 * 3600;

/** Datasets that a replica serves. */
export const SERVED_DATASETS = [DEFAULT_DATASET, UM_DAILY_KLINES_1D, UM_MONTHLY_KLINES_1D] as const;

/** The folders of daily and monthly files of 1d klines that accompany a history. */
export function barFolders({ folders }: History): Folder[] {
  const latest = folders.reduce((time, { uploaded }) => uploaded.reduce((a, b) => Math.max(a, b), time), 0);
  return folders.flatMap((folder) => [dailyFolder(folder), ...monthlyFolder(folder, latest)]);
}

function dailyFolder({ symbol, days, sizes, uploaded }: Folder): Folder {
  return { dataset: UM_DAILY_KLINES_1D, symbol, days, sizes: sizes.map((size) => zipBytes(1, size)), uploaded };
}

/** Months that have been uploaded by the time of the history's latest upload. */
function monthlyFolder(folder: Folder, latest: number): Folder[] {
  const builder = new FolderBuilder(folder.symbol, UM_MONTHLY_KLINES_1D);
  for (let start = 0; start < folder.days.length;) {
    const month = monthOf(folder.days[start] ?? 0);
    const { to } = periodSpan("monthly", month);
    let end = start;
    let [size, uploaded] = [0, (to + 1) * DAY_SECONDS + MONTH_UPLOAD_SECONDS];
    for (; Number(folder.days[end]) <= to; end++) {
      size += folder.sizes[end] ?? 0;
      uploaded = Math.max(uploaded, folder.uploaded[end] ?? 0);
    }
    if (uploaded <= latest) builder.add(month, zipBytes(end - start, size), uploaded);
    start = end;
  }
  const built = builder.build();
  return built.days.length === 0 ? [] : [built];
}

function zipBytes(rows: number, version: number): number {
  return ZIP_BYTES + rows * ROW_BYTES + (version % VERSION_BYTES);
}

/**
 * The zip of a period in a folder of 1d klines.
 *
 * @param size bytes of the zip, as in the folder
 * @param minutes the symbol's folder of 1-minute klines
 */
export function barZip({ dataset, symbol }: Folder, period: Day, size: number, minutes: Folder): Uint8Array {
  const { to } = periodSpan(dataset.cadence, period);
  const files: MinuteFile[] = [];
  for (let day = period; day <= to; day++) {
    const place = fileIndex(minutes, day);
    if (place >= 0) files.push({ day, size: minutes.sizes[place] ?? 0 });
  }
  const csv = Buffer.from(barsCsv(symbol, files, period));
  const name = barZipName({ dataset, symbol }, period).replace(/zip$/, "csv");
  return oneFileZip(name, csv, (to + 1) * DAY_MS, size);
}

/** The checksum file beside a zip of 1d klines: `sha256  name`. */
export function barChecksum(folder: Pick<Folder, "dataset" | "symbol">, period: Day, zip: Uint8Array): Buffer {
  const digest = createHash("sha256").update(zip).digest("hex");
  return Buffer.from(`${digest}  ${barZipName(folder, period)}\n`);
}

/** Name of a file of 1d klines inside its folder. */
function barZipName({ dataset, symbol }: Pick<Folder, "dataset" | "symbol">, period: Day): string {
  return fileNameStem(dataset, symbol) + fileKeyEnd(dataset, period);
}
