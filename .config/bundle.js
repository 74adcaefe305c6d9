/**
 * Bundles the code of the command and of each worker's entry into few files that replace those that tsc wrote: loading
 * some hundred small files, including those of yargs and DuckDB's client, takes a good part of a command's time. The
 * library and its types stay as tsc wrote them; its threads run the same bundled entries.
 *
 * Packages that only the command and its benches need are devDependencies and are bundled here, so that nobody has to
 * install a chart library to query a snapshot.
 */
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licencesOf } from "./licenses.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Packages that locate their own files by path, or are native. */
const EXTERNAL = ["piscina", "pino", "@peculiar/x509", "@duckdb/node-bindings"];

/** The sources use `createRequire` to spare Node scanning CommonJS for names, but a bundler needs a plain `require`. */
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

/** Only a run through a proxy loads all of undici: without it a prober's file is half as large to compile. */
const wholeUndici = {
  name: "whole-undici",
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, () => ({ external: true }));
  },
};

/** The benches are loaded as tsc wrote them. Their path from a chunk differs from that from the command's source. */
const benchBeside = {
  name: "bench-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\/bench\/main\.js$/ }, () => ({ path: "../../bench/main.js", external: true }));
  },
};

/**
 * string-width creates a segmenter and compiles classes of Unicode characters when it is loaded, which takes half of
 * yargs' loading time. It is loaded only for text beyond ASCII, ± and the Ⓢ of "USDⓈ-M".
 */
const lazyStringWidth = {
  name: "lazy-string-width",
  setup({ onLoad, onResolve }) {
    const whole = "?whole";
    onResolve({ filter: /\?whole$/ }, ({ path }) => ({ path: path.slice(0, -whole.length), suffix: whole }));
    onLoad({ filter: /[/\\]string-width[/\\]index\.js$/ }, async ({ path, suffix }) => {
      const isModule = (await readFile(path, "utf8")).includes("export default");
      if (suffix === whole || !isModule) return undefined;
      return {
        contents: `
          let width;
          export default function stringWidth(text, options) {
            if (typeof text === "string" && /^[\\x20-\\x7e±Ⓢ]*$/.test(text)) return text.length;
            width ??= require(${JSON.stringify(path + whole)}).default;
            return width(text, options);
          }`,
        resolveDir: dirname(path),
      };
    });
  },
};

/** Leaves the project's own files as tsc wrote them, so that only packages are bundled with an entry. */
const packagesOnly = {
  name: "packages-only",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ importer, kind, path }) =>
      kind === "entry-point" || /[/\\]node_modules[/\\]/.test(importer) ? undefined : { path, external: true },
    );
  },
};

/** Files of the benches that use packages nothing else uses. */
const BENCH_ENTRIES = ["bench/frame/progress.ts", "bench/output/charts.ts", "bench/output/terminal.ts"];

/** `npm run coverage` runs the files as tsc wrote them, whose lines are those of the sources. */
const isWritten = process.env["BFA_BUNDLE"] !== "no";

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  metafile: true,
  write: isWritten,
  minifyWhitespace: true,
  minifySyntax: true,
  // Their licences are in THIRD-PARTY-LICENSES.txt.
  legalComments: "none",
  external: EXTERNAL,
  plugins: [plainRequire, wholeUndici, benchBeside, lazyStringWidth],
  outdir: "dist",
  outbase: ".",
  // Bundled CommonJS code loads Node's modules with `require`.
  banner: {
    js: 'import { createRequire as bundledRequire } from "node:module"; const require = bundledRequire(import.meta.url);',
  },
};

// The same depth below dist/ as the files that refer to the workers' entries by relative paths.
const chunkNames = "src/chunks/[name]-[hash]";
await rm(new URL("../dist/src/chunks", import.meta.url), { recursive: true, force: true });
const builds = [
  await build({ ...options, entryPoints: ["src/cli/main.ts"], splitting: true, chunkNames }),
  await build({ ...options, entryPoints: ["workers/prober.ts", "workers/replica.ts", "workers/writer.ts"] }),
  await build({ ...options, entryPoints: BENCH_ENTRIES, plugins: [packagesOnly] }),
];
const outputs = builds.flatMap(({ metafile }) => Object.keys(metafile.outputs));
// The maps that tsc wrote don't match the bundles.
if (isWritten) {
  for (const output of outputs) await rm(new URL(`../${output}.map`, import.meta.url), { force: true });
}

// The page of a publication, for browsers. It is one script without modules, so that it runs when opened from disk.
const page = await build({
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  platform: "browser",
  format: "iife",
  target: "es2023",
  minify: true,
  legalComments: "eof",
  entryPoints: { page: "web/main.ts" },
  outdir: "dist/web",
});
await build({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  legalComments: "eof",
  entryPoints: ["web/page.css"],
  outdir: "dist/web",
});
await copyFile(new URL("../web/index.html", import.meta.url), new URL("../dist/web/index.html", import.meta.url));

const inputs = [...builds, page].flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(new URL("../dist/THIRD-PARTY-LICENSES.txt", import.meta.url), licencesOf(root, inputs));
