import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRoute, routeHash, VIEWS, type View } from "../../web/routes.js";

describe("a link of the page", () => {
  it("leads back to what it was made from", () => {
    const view = fc.constantFrom(...(Object.keys(VIEWS) as View[]));
    const options = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(view, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), options, (name, about, some) => {
        const route = parseRoute(routeHash(name, about, some));
        expect({ view: route.view, about: route.about }).toEqual({ view: name, about });
        expect({ ...route.options }).toEqual({ ...some });
      }),
    );
  });

  it.each(["", "#", "#/", "#/attic", "#/constructor", "#view"])("'%s' is the market", (hash) => {
    expect(parseRoute(hash)).toEqual({ view: "market", about: undefined, options: {} });
  });

  it("survives a % without digits", () => {
    expect(parseRoute("#/symbol/50%").about).toBe("50%");
  });
});
