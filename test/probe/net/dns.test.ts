import { describe, expect, it } from "vitest";
import { warmDns } from "../../../src/probe/net/dns.js";
import { tableLookup, type AddressTable } from "../../../src/probe/net/addresses.js";

describe("warmDns", () => {
  it("looks up every host once, and no literal address", async () => {
    const urls = ["https://localhost:1/a", "https://localhost:2/b", "https://127.0.0.1", "https://[::1]:9"];
    const { table, lookups } = await warmDns(urls);
    expect(lookups).toBe(1);
    expect(table).toMatchObject({ localhost: { type: "resolved" } });
    expect(Object.keys(table)).toEqual(["localhost"]);
  });

  it("keeps the error of a host that doesn't resolve", async () => {
    const { table, lookups } = await warmDns(["https://no-such-host.invalid"]);
    expect(lookups).toBe(1);
    expect(table["no-such-host.invalid"]).toMatchObject({
      type: "unresolved",
      message: expect.stringContaining("no-such-host.invalid can't be resolved") as string,
    });
  });
});

describe("tableLookup", () => {
  const table: AddressTable = {
    both: {
      type: "resolved",
      addresses: [
        { address: "::1", family: 6 },
        { address: "127.0.0.1", family: 4 },
      ],
    },
    none: { type: "resolved", addresses: [] },
    four: { type: "resolved", addresses: [{ address: "127.0.0.2", family: 4 }] },
  };

  function ask(host: string, options: { all?: boolean; family?: number }): unknown[] {
    let answer: unknown[] = [];
    tableLookup(table)(host, options, (...result) => (answer = result));
    return answer;
  }

  it("gives all addresses, or the first, or the first of a family", () => {
    expect(ask("both", { all: true })).toEqual([
      null,
      [
        { address: "::1", family: 6 },
        { address: "127.0.0.1", family: 4 },
      ],
    ]);
    expect(ask("both", {})).toEqual([null, "::1", 6]);
    expect(ask("both", { family: 4 })).toEqual([null, "127.0.0.1", 4]);
  });

  it.each(["four", "none", "unknown"])("fails when there is none (%s)", (host) => {
    expect(ask(host, { family: 6 })[0]).toMatchObject({ code: "ENOTFOUND" });
  });
});
