/**
 * Runs the built command for one command line after another, each the way `main.js` does, so that tests don't have to
 * start Node and load DuckDB each time. A message contains the arguments and a mark, which is printed at the end of
 * both streams; the reply is the exit code. `cwd` is the folder to run it in.
 */
const { pathToFileURL } = require("node:url");
require("./compiled-parser.cjs");

const main = pathToFileURL(process.argv[2]).href;
let runs = 0;

process.on("message", async ({ args, cwd, mark }) => {
  process.chdir(cwd);
  process.argv.splice(2, Infinity, ...args);
  process.exitCode = undefined;
  // The query string makes Node evaluate the entry again; its imports stay loaded.
  await import(`${main}?${++runs}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners("error");
    stream.write(mark);
  }
  process.send(code);
});
