/**
 * Shows which lines of the sources the tests run, in all their processes and threads: `npm run coverage -- test/cli`.
 *
 * Arguments go to vitest: files, by default all. Killed processes, and threads that are terminated from outside, don't
 * report what they ran. The table is printed whether or not tests fail; `coverage/index.html` has the lines. The exit
 * code is that of the tests.
 */
const { spawnSync } = require("node:child_process");
const { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { Report } = require("c8");

const root = join(__dirname, "../..");
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const folder = join(root, "coverage");
/** The bundles' maps, which lead back to the sources. They aren't in `dist/`, which stays what ships. */
const maps = join(folder, "maps");
/** What each process writes at its end. */
const written = join(folder, "written");
const reduced = join(folder, "scripts");

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  return status ?? 1;
}

/**
 * Copies what the processes wrote, without the scripts that aren't built from the sources: most of each file is about
 * the packages that the tests load, and merging all that takes longer than the tests.
 */
function reduce() {
  const ours = ["src/", "workers/"].map((name) => pathToFileURL(join(root, "dist", name)).href);
  let broken = 0;
  for (const name of readdirSync(written)) {
    const file = join(written, name);
    const result = scriptsOf(file)?.filter(({ url }) => ours.some((start) => url.startsWith(start)));
    rmSync(file);
    if (result === undefined) broken++;
    else if (result.length > 0) writeFileSync(join(reduced, name), JSON.stringify({ result }));
  }
  if (broken > 0) process.stderr.write(`${broken} processes ended while they wrote what they ran: they aren't counted\n`);
  // As Node writes the maps that it finds beside scripts.
  writeFileSync(join(reduced, "maps.json"), JSON.stringify({ result: [], "source-map-cache": bundleMaps() }));
}

function scriptsOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).result;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** With whole paths: c8 takes a bundle's relative ones for files outside the project. */
function bundleMaps() {
  const names = readdirSync(maps, { recursive: true }).filter((name) => name.endsWith(".map"));
  const entries = names.map((name) => {
    const script = join(root, name.slice(0, -".map".length));
    const data = JSON.parse(readFileSync(join(maps, name), "utf8"));
    const sources = data.sources.map((source) => resolve(dirname(script), source));
    return [pathToFileURL(script).href, { data: { ...data, sources } }];
  });
  return Object.fromEntries(entries);
}

/**
 * Counts a function once that stands in several scripts, a bundle and what tsc wrote: there its name and the columns of
 * its ends can differ. Lines of a function that no script ran aren't run, though they seem so where a bundle lacks it.
 * A branch that one script runs can be shown as not run, because V8 lists only branches that were run less often than
 * what is around them.
 */
function joinFunctions(file) {
  const keys = new Map();
  const [fnMap, f] = [{}, {}];
  for (const [key, entry] of Object.entries(file.fnMap)) {
    const id = `${entry.loc.start.line}:${entry.loc.end.line}`;
    const first = keys.get(id) ?? key;
    keys.set(id, first);
    fnMap[first] ??= entry;
    f[first] = (f[first] ?? 0) + file.f[key];
  }
  const idle = Object.keys(f).filter((key) => f[key] === 0);
  for (const { loc } of idle.map((key) => fnMap[key])) {
    for (const [key, { start, end }] of Object.entries(file.statementMap)) {
      if (start.line > loc.start.line && end.line <= loc.end.line) file.s[key] = 0;
    }
  }
  Object.assign(file, { fnMap, f });
}

/** Sources of which nothing is left but types. */
function typesOnly() {
  return readdirSync(join(root, "src"), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name}`)
    .filter((name) => /^export \{\};\s*(?:\/\/.*)?$/.test(readFileSync(join(root, "dist", name.replace(/ts$/, "js")), "utf8")));
}

async function report() {
  const table = new Report({
    include: ["src/**", "workers/**"],
    exclude: typesOnly(),
    extension: [".ts", ".js"],
    excludeAfterRemap: true,
    reporter: ["text", "html", "json-summary"],
    reportsDirectory: folder,
    tempDirectory: reduced,
    resolve: "",
    omitRelative: true,
    all: true,
    src: "src",
    mergeAsync: true,
  });
  const files = await table.getCoverageMapFromAllCoverageFiles();
  for (const path of files.files()) joinFunctions(files.fileCoverageFor(path).data);
  await table.run();
}

async function main() {
  rmSync(folder, { recursive: true, force: true });
  for (const place of [maps, written, reduced]) mkdirSync(place, { recursive: true });
  // Some tests run commands as another user.
  chmodSync(written, 0o1777);
  const built = run("npm", ["run", "--silent", "build"], { BFA_BUILD_MAPS: maps });
  if (built !== 0) return built;
  const config = ["--config", "test/coverage/vitest.config.ts"];
  const env = { NODE_V8_COVERAGE: written };
  const tested = run(process.execPath, [vitest, "run", ...config, ...process.argv.slice(2)], env);
  reduce();
  await report();
  return tested;
}

main().then((code) => {
  process.exitCode = code;
});
