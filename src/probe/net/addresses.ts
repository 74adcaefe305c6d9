import type { LookupFunction } from "node:net";

/** What the one look-up of a host gave: its addresses, or the error that every connection to it will meet. */
export type HostAddresses =
  | { type: "resolved"; addresses: { address: string; family: number }[] }
  | { type: "unresolved"; code: string; message: string };

/** Answers of the main thread's look-ups by host name, handed to every worker. */
export type AddressTable = Readonly<Record<string, HostAddresses>>;

/**
 * A `lookup` for sockets that answers from the table and never asks a resolver. It honours `all`, which Node sets when
 * it tries several addresses. A host outside the table is an error, so that a forgotten look-up can't go unseen.
 */
export function tableLookup(table: AddressTable): LookupFunction {
  return (hostname, options, callback) => {
    const host = table[hostname] ?? {
      type: "unresolved",
      code: "ENOTFOUND",
      message: `${hostname} was not resolved before the run`,
    };
    if (host.type === "unresolved") {
      callback(Object.assign(new Error(host.message), { code: host.code }), []);
      return;
    }
    const wanted = host.addresses.filter(({ family }) => !options.family || family === options.family);
    const first = wanted[0];
    if (first === undefined) {
      callback(Object.assign(new Error(`${hostname} has no such address`), { code: "ENOTFOUND" }), []);
    } else if (options.all) {
      callback(null, wanted);
    } else {
      callback(null, first.address, first.family);
    }
  };
}
