import fc from "fast-check";
import { expect, it } from "vitest";
import { expectFilesToHold } from "./files/property.js";

it("any file is answered from or refused in one line: nothing else is read, written or waited for", async () => {
  const endings = await expectFilesToHold({
    runs: 12,
    seed: 15,
    // Each file is opened by some of the commands; with `npm run test:hostile`, by all of them.
    choose: (commands) => fc.shuffledSubarray([...commands], { minLength: 3, maxLength: 3 }),
  });
  expect(endings).toEqual(new Set(["answered", "refused"]));
}, 600_000);
