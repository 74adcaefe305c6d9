import type { LookupFunction } from "node:net";

/** Result of the single look-up of a host: its addresses, or the error for every connection to it. */
export type HostAddresses =
  | { type: "resolved"; addresses: { address: string; family: number }[] }
  | { type: "unresolved"; code: string; message: string };

/** Results of the main thread's look-ups by host name, passed to every worker. */
export type AddressTable = Readonly<Record<string, HostAddresses>>;

/**
 * A `lookup` for sockets that answers from the table and never queries a resolver. It honours `all`, which Node sets
 * when it tries several addresses. A host outside the table is an error, so that a forgotten look-up is noticed.
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
