import { fileURLToPath } from "node:url";
import type { Side } from "../frame/comparison.js";
import { runTool } from "./tool.js";

/** The script is next to the sources, also in the package. */
const SCRIPT = fileURLToPath(new URL("../../../bench/peers/pandas_universe.py", import.meta.url));

export const PANDAS_INSTALL = "pip install pandas pyarrow";

/** Whether Python with pandas is installed. */
export function hasPandas(): Promise<boolean> {
  return runTool("python3", ["-c", "import pandas, pyarrow"]).then(
    () => true,
    () => false,
  );
}

/** Arguments of the pandas script for a universe. */
export interface PandasUniverse {
  /** Parquet file with `date`, `symbol`, `quote_volume` and `trade_count`. */
  file: string;
  from: string;
  to: string;
  top: number;
  buffer: number;
  window: number;
  minAge: number;
}

/** Output of the script. */
interface PandasOutput {
  seconds: number;
  cpu_seconds: number;
  digest: string;
  rows: number;
}

/** A daily universe made by pandas from a Parquet file. The start of Python and pandas isn't counted. */
export function pandasSide({ file, from, to, top, buffer, window, minAge }: PandasUniverse): Side {
  return {
    name: "pandas, from Parquet",
    role: "peer",
    run: async () => {
      const output = await runTool("python3", [SCRIPT, file, from, to, ...[top, buffer, window, minAge].map(String)]);
      const { seconds, cpu_seconds, digest, rows } = JSON.parse(output) as PandasOutput;
      return { values: { cpu: cpu_seconds * 1000, elapsed: seconds * 1000 }, work: `${rows} rows, ${digest}` };
    },
  };
}
