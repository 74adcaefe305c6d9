import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Tests name the sources (`../src/...`) and run what ships: the compiled files of `dist/`, loaded by Node itself.
 * Worker threads need compiled entries anyway, and one copy of each module keeps `instanceof` honest.
 */
export default defineConfig({
  root,
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+(src|workers|bench)\/(.*)$/, replacement: `${root}dist/$1/$2` }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/fresh-build.ts", "test/support/midnight.ts"],
    pool: "forks",
    isolate: false,
    // Most tests wait for child processes and sockets: more files at a time than a small machine has cores.
    maxWorkers: 4,
    // Against hanging alone: how long anything takes is up to the machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    server: { deps: { external: [/\/dist\//] } },
  },
});
