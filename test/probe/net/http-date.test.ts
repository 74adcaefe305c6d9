import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHttpDate } from "../../../src/probe/net/http-date.js";

describe("parseHttpDate", () => {
  it("reads what toUTCString writes", () => {
    const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseHttpDate(new Date(second * 1000).toUTCString())).toBe(second * 1000);
      }),
    );
  });

  it("takes a leap second for the next second, as the Unix epoch does", () => {
    expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT")).toBe(Date.parse("2017-01-01T00:00:00Z"));
  });

  it.each([
    "",
    "1",
    "2021-03-05T10:12:13Z",
    "Fri, 05 Mar 2021 10:12:13",
    "Fri, 05 Mar 2021 10:12:13 EST",
    "Fri, 05 Mar 2021 10:12:13 +0900",
    "Fri, 30 Feb 2021 10:12:13 GMT",
    "Fri, 00 Mar 2021 10:12:13 GMT",
    "Fri, 05 Foo 2021 10:12:13 GMT",
    "Fri, 05 Mar 2021 24:00:00 GMT",
    "Fri, 05 Mar 2021 10:60:13 GMT",
    "Fri, 05 Mar 2021 10:12:61 GMT",
    "Friday, 05-Mar-21 10:12:13 GMT",
    " Fri, 05 Mar 2021 10:12:13 GMT",
  ])("refuses %j", (text) => {
    expect(parseHttpDate(text)).toBeNaN();
  });
});
