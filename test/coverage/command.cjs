/**
 * Shows which lines of the sources the tests run, in all their processes and threads: `npm run coverage -- test/cli`.
 *
 * Arguments go to vitest: files, by default all. Nothing is bundled, so that each source is one script. Killed
 * processes, and threads that are terminated from outside, don't report what they ran. The table is printed whether or
 * not tests fail; `coverage/index.html` has the lines. The exit code is that of the tests.
 */
const { spawnSync } = require("node:child_process");
const { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { Report } = require("c8");

const root = join(__dirname, "../..");
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const folder = join(root, "coverage");
/** What each process writes at its end. */
const written = join(folder, "written");

function run(command, args, env) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  return status ?? 1;
}

/**
 * Leaves only the scripts built from the sources in what the processes wrote: most of it is about packages, and merging
 * that takes longer than the tests.
 */
function reduce() {
  const ours = ["src/", "workers/"].map((name) => pathToFileURL(join(root, "dist", name)).href);
  const isOurs = (url) => ours.some((start) => url.startsWith(start));
  let broken = 0;
  for (const name of readdirSync(written)) {
    const file = join(written, name);
    const { result, "source-map-cache": maps = {} } = partsOf(file) ?? {};
    const some = result?.filter(({ url }) => isOurs(url)) ?? [];
    if (result === undefined) broken++;
    if (some.length === 0) rmSync(file);
    else {
      const kept = Object.fromEntries(Object.entries(maps).filter(([url]) => isOurs(url)));
      writeFileSync(file, JSON.stringify({ result: some, "source-map-cache": kept }));
    }
  }
  if (broken > 0) process.stderr.write(`${broken} processes ended while they wrote what they ran: they aren't counted\n`);
}

/** Undefined if the process was ended while it wrote the file. */
function partsOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Sources of which nothing is left but types. */
function typesOnly() {
  return readdirSync(join(root, "src"), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name}`)
    .filter((name) => /^export \{\};\s*(?:\/\/.*)?$/.test(readFileSync(join(root, "dist", name.replace(/ts$/, "js")), "utf8")));
}

async function main() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(written, { recursive: true });
  // Some tests run commands as another user.
  chmodSync(written, 0o1777);
  const built = run("npm", ["run", "--silent", "build"], { BFA_BUNDLE: "no" });
  if (built !== 0) return built;
  const args = [vitest, "run", "--config", "test/coverage/vitest.config.ts", ...process.argv.slice(2)];
  const tested = run(process.execPath, args, { NODE_V8_COVERAGE: written });
  reduce();
  const table = new Report({
    include: ["src/**", "workers/**"],
    exclude: typesOnly(),
    extension: [".ts", ".js"],
    excludeAfterRemap: true,
    reporter: ["text", "html", "json-summary"],
    reportsDirectory: folder,
    tempDirectory: written,
    resolve: "",
    omitRelative: true,
    all: true,
    src: "src",
    mergeAsync: true,
  });
  await table.run();
  return tested;
}

main().then((code) => {
  process.exitCode = code;
});
