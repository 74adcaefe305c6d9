import { DATABASE, MANIFEST } from "./manifest.js";
import type { ParquetFile } from "./parquet-files.js";

/** SPDX identifier of the data's licence, and the source to attribute. */
export const DATA_LICENSE = { license: "CC-BY-NC-SA-4.0", attribution: "Binance Vision" } as const;

/** Text of `LICENSE-DATA`. */
export const LICENSE_TEXT = `The data in this folder describes the files of Binance Vision, https://data.binance.vision, and is licensed under

  Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International (CC BY-NC-SA 4.0)
  https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode

by Binance's terms of use of 2026-08-26, which apply to whatever is made from its public data.

- Attribution: name "Binance Vision" as the source, link to the licence, and say what you changed.
- No selling: you may not use the data for commercial purposes.
- Share alike: what you make from the data and pass on must have the same licence.

The program that made this folder, binance-futures-availability, is a separate work under the MIT licence.
`;

/** Path of the first Parquet file with this ending. */
function pathOf(files: readonly ParquetFile[], ending: string): string {
  return files.find(({ path }) => path.endsWith(ending))?.path ?? "";
}

/** Text of the publication's `README.md`. */
export function readmeText(files: readonly ParquetFile[]): string {
  const byDate = pathOf(files, "availability_by_date.parquet");
  const bySymbol = pathOf(files, "availability_by_symbol.parquet");
  const counts = pathOf(files, "daily_symbol_counts.parquet");
  const rows = files.map(({ path, about }) => `| \`${path}\` | ${about} |\n`).join("");
  return `# Which symbols had data on Binance Vision on a given day

An index of the daily 1-minute klines of USDⓈ-M futures at https://data.binance.vision: one row per (date, symbol), with
the size and upload time of the file. Where \`available\` is false, the bucket answered 404. A day that was never probed has
no row. The file of a row is
\`https://data.binance.vision/data/futures/um/daily/klines/{symbol}/1m/{symbol}-1m-{date}.zip\`.

\`${MANIFEST}\` has the size and SHA-256 of every file here, and how sure each day is (\`conditions\`). Open \`index.html\` to
look at it. The data is licensed under CC BY-NC-SA 4.0, see \`LICENSE-DATA\`.

| file | contents |
| --- | --- |
| \`${DATABASE}\` | everything, as a DuckDB database |
${rows}
Below, \`URL\` is where this folder is served, such as \`https://example.org/index\`. A path works as well.

## DuckDB

\`\`\`sql
INSTALL httpfs; LOAD httpfs;
SELECT symbol, file_size_bytes FROM 'URL/${byDate}' WHERE date = DATE '2024-03-01' AND available;
SELECT date, available FROM 'URL/${bySymbol}' WHERE symbol = 'BTCUSDT' ORDER BY date;
ATTACH 'URL/${DATABASE}' AS published (READ_ONLY);
SELECT * FROM published.daily_symbol_counts;
\`\`\`

## pandas

\`\`\`python
import pandas as pd
day = pd.to_datetime("2024-03-01").date()
snapshot = pd.read_parquet("URL/${byDate}", filters=[("date", "=", day), ("available", "=", True)])
\`\`\`

## polars

\`\`\`python
import polars as pl
from datetime import date
snapshot = pl.scan_parquet("URL/${byDate}").filter(pl.col("date") == date(2024, 3, 1), pl.col("available")).collect()
\`\`\`

## R

\`\`\`r
library(arrow); library(dplyr)
counts <- read_parquet("URL/${counts}")
snapshot <- open_dataset("${byDate}") |> filter(date == as.Date("2024-03-01"), available) |> collect()
\`\`\`

## As a database that you keep current

\`\`\`sh
npx binance-futures-availability pull URL    # verified by the manifest
npx binance-futures-availability update      # probes what is due
\`\`\`
`;
}
