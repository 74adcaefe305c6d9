import { expect, it } from "vitest";
import { oncePerReader } from "../../src/store/once-per-reader.js";
import type { Store } from "../../src/store/open.js";

/** The parts of a store that the function uses. */
const storeWith = (access: Store["access"]) => ({ access }) as Store;

it("reads an open file once, another one separately, and one that is being written every time", async () => {
  let reads = 0;
  const count = oncePerReader(() => Promise.resolve(++reads));
  const [first, second, written] = [storeWith("read"), storeWith("read"), storeWith("write")];
  expect([await count(first), await count(first)]).toEqual([1, 1]);
  expect([await count(second), await count(first)]).toEqual([2, 1]);
  expect([await count(written), await count(written)]).toEqual([3, 4]);
});

it("keeps an undefined value, but none that doesn't last or wasn't read", async () => {
  const store = storeWith("read");
  let reads = 0;
  const nothing = oncePerReader(() => {
    reads++;
    return Promise.resolve(undefined);
  });
  await nothing(store);
  await nothing(store);
  expect(reads).toBe(1);

  const early = oncePerReader(
    (_: Store, now: number) => Promise.resolve(now),
    (now) => now >= 5,
  );
  expect([await early(store, 3), await early(store, 5), await early(store, 9)]).toEqual([3, 5, 5]);

  let attempts = 0;
  const failing = oncePerReader(() => {
    return ++attempts === 1 ? Promise.reject(new Error("first")) : Promise.resolve(attempts);
  });
  await expect(failing(store)).rejects.toThrow("first");
  expect(await failing(store)).toBe(2);
});
