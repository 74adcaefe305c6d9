/**
 * Puts the code of the command and of each worker's entry into few files, over those that tsc wrote at the same places:
 * loading some hundred small files, and yargs and DuckDB's client among them, is a good part of a command's time. The
 * library and its types stay as tsc wrote them; its threads run the same bundled entries.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { thirdPartyText } from "./third-party.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Packages that find files of their own by path, or are native. */
const EXTERNAL = ["piscina", "pino", "selfsigned", "@duckdb/node-bindings"];

/** `createRequire` keeps Node from scanning CommonJS for names; a bundler has to see a plain `require`. */
const plainRequire = {
  name: "plain-require",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\](?:probe[/\\]net[/\\]undici|store[/\\]duckdb)\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return {
        loader: "ts",
        contents: text
          .replace("const require = createRequire(import.meta.url);", "")
          .replace("createRequire(import.meta.url)(", "require("),
      };
    });
  },
};

/** The benches are loaded as tsc wrote them; seen from a chunk they lie elsewhere than from the command's source. */
const benchBeside = {
  name: "bench-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\/bench\/main\.js$/ }, () => ({ path: "../../bench/main.js", external: true }));
  },
};

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // Their licences are in THIRD-PARTY.txt.
  legalComments: "none",
  metafile: true,
  external: EXTERNAL,
  plugins: [plainRequire, benchBeside],
  outdir: "dist",
  outbase: ".",
  // CommonJS that was bundled asks for Node's modules by `require`.
  banner: {
    js: 'import { createRequire as bundledRequire } from "node:module"; const require = bundledRequire(import.meta.url);',
  },
};

// As deep below dist/ as the files that name the workers' entries by their relative paths.
const chunkNames = "src/chunks/[name]-[hash]";
await rm(new URL("../dist/src/chunks", import.meta.url), { recursive: true, force: true });
const command = await build({ ...options, entryPoints: ["src/cli/main.ts"], splitting: true, chunkNames });
const workers = await build({
  ...options,
  entryPoints: ["workers/prober.ts", "workers/replica.ts", "workers/writer.ts"],
});
const inputs = [command, workers].flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(new URL("../dist/THIRD-PARTY.txt", import.meta.url), thirdPartyText(root, inputs));
