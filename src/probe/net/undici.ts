import { createRequire } from "node:module";
import type * as Types from "undici";

const require = createRequire(import.meta.url);

/**
 * The parts of undici that probing needs, loaded individually: when a prober starts, loading all of undici (fetch,
 * caches, mocks …) takes 110 ms, loading these takes 40. They are not documented entry points, so the package's version
 * is pinned. Types are imported from the package as usual.
 */
export const Client = require("undici/lib/dispatcher/client.js") as typeof Types.Client;
export const Pool = require("undici/lib/dispatcher/pool.js") as typeof Types.Pool;
export const buildConnector = require("undici/lib/core/connect.js") as typeof Types.buildConnector;

/** All of undici, for runs with a proxy: only its own pools have a `connect`. */
export function loadUndici(): typeof Types {
  return require("undici") as typeof Types;
}

export type Client = Types.Client;
export type Pool = Types.Pool;
