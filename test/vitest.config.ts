import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

// Tests name the authorities to trust. Those that a machine adds for every Node program take 30 ms to load in each run.
delete process.env["NODE_EXTRA_CA_CERTS"];

/**
 * Tests name the sources (`../src/...`) and run what ships: the compiled files in `dist/`, loaded by Node itself.
 * Worker threads need compiled entries anyway, and with one copy of each module `instanceof` works.
 */
export default defineConfig({
  root,
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+(src|workers|bench)\/(.*)$/, replacement: `${root}dist/$1/$2` }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/compiled-parser.cjs"],
    globalSetup: ["test/support/fresh-build.ts", "test/support/midnight.ts"],
    pool: "forks",
    isolate: false,
    // Most tests wait for child processes and sockets, so more files run in parallel than a small machine has cores.
    maxWorkers: 4,
    // Only against hanging: how long anything takes depends on the machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    server: { deps: { external: [/\/dist\//] } },
  },
});
