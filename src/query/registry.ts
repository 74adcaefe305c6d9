import type { Columns } from "../text/columns.js";
import type { Arguments } from "./arguments.js";
import type { FreeQuery, Query } from "./define.js";
import type { FactColumns } from "./facts.js";

/** All queries in help order. Each is loaded on demand: loading all takes longer than answering one. */
export const QUERIES = {
  snapshot: () => import("./snapshot.js"),
  timeline: () => import("./timeline.js"),
  range: () => import("./range.js"),
  counts: () => import("./counts.js"),
  listings: () => import("./listings.js"),
  delistings: () => import("./delistings.js"),
  universe: () => import("./universe.js"),
  volume: () => import("./volume.js"),
  top: () => import("./top.js"),
  market: () => import("./market.js"),
  condition: () => import("./condition.js"),
  contracts: () => import("./contracts.js"),
  holes: () => import("./holes.js"),
  changes: () => import("./changes.js"),
  sql: () => import("./sql-statement.js"),
} as const;

/** Names of the queries. */
export type QueryName = keyof typeof QUERIES;

/** The definition of a query. */
export type DefinitionOf<Name extends QueryName> = Awaited<ReturnType<(typeof QUERIES)[Name]>>["default"];

/** The names in help order. */
export const QUERY_NAMES = Object.keys(QUERIES) as readonly QueryName[];

/** A definition with any arguments and columns. */
export type AnyQuery = Query<Arguments, FactColumns, Columns> | FreeQuery<Arguments>;
