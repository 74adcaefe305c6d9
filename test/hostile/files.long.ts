import fc from "fast-check";
import { expect, it } from "vitest";
import { expectFilesToHold } from "./files/property.js";

const runs = Number(process.env["BFA_FILES_RUNS"] ?? 300);
const seed = Number(process.env["BFA_FILES_SEED"] ?? Date.now() % 1_000_000);

it(`each of ${runs} files is answered from or refused in one line by every command (BFA_FILES_SEED=${seed})`, async () => {
  const endings = await expectFilesToHold({ runs, seed, choose: (commands) => fc.constant([...commands]) });
  expect(endings).toEqual(new Set(["answered", "refused"]));
});
