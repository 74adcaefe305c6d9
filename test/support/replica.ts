import type { ListedFile, ListedForeignFile } from "../../src/replica/files.js";
import { startReplica, type Replica, type ReplicaOptions } from "../../src/replica/replica.js";
import { dayOf } from "../../src/calendar/day.js";
import { sharedCertificate } from "./certificate.js";

/** Upload time of every file below, ms. */
export const UPLOADED = Date.UTC(2024, 0, 5, 9, 30, 11);

/** A kline file of an explicit history. */
export function file(symbol: string, date: string, size = 2_000): ListedFile {
  return { symbol, day: dayOf(date), size, lastModified: UPLOADED };
}

/** An object with an arbitrary key. */
export function foreign(key: string, size = 0): ListedForeignFile {
  return { key, size, lastModified: UPLOADED };
}

/** Starts a replica that is closed after `use`, because Node 20 doesn't support `await using`. */
export async function withReplica<T>(options: ReplicaOptions, use: (replica: Replica) => Promise<T>): Promise<T> {
  const replica = await startReplica({ certificate: await sharedCertificate(), ...options });
  try {
    return await use(replica);
  } finally {
    await replica.close();
  }
}

/** The contents of a list page, parsed without the project's own readers. */
export interface ReadListing {
  keys: string[];
  groups: string[];
  truncated: boolean;
  /** Text of the first element with a name, with entities decoded. */
  field: (name: string) => string | undefined;
}

/** Parses a list page; `decode` reverses `encoding-type=url`. */
export function readListing(xml: string, decode = false): ReadListing {
  const plain = (raw: string): string =>
    raw
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#13;", "\r")
      .replaceAll("&amp;", "&");
  const text = (raw: string): string => (decode ? decodeURIComponent(raw.replaceAll("+", " ")) : plain(raw));
  const all = (pattern: RegExp): string[] => [...xml.matchAll(pattern)].map((match) => text(match[1] ?? ""));
  const field = (name: string): string | undefined => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
    return found?.[1] === undefined ? undefined : plain(found[1]);
  };
  return {
    keys: all(/<Contents><Key>([^<]*)<\/Key>/g),
    groups: all(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix>/g),
    truncated: field("IsTruncated") === "true",
    field,
  };
}
