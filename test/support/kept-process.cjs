/**
 * Runs the built command for one command line after another, each the way `main.js` does, so that tests don't have to
 * start Node and load DuckDB each time. A message contains the arguments and a mark, which is printed at the end of
 * both streams; the reply is the exit code. `cwd` is the folder to run it in, `env` its BFA_ variables.
 */
const { pathToFileURL } = require("node:url");
require("./compiled-parser.cjs");

const main = pathToFileURL(process.argv[2]).href;
const inherited = { ...process.env };
let runs = 0;

process.on("message", async ({ args, env, cwd, mark }) => {
  // A command may also have changed it: --color does.
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, inherited, env);
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
