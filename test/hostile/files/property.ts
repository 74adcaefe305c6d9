import fc from "fast-check";
import { temporaryFolder } from "../../support/database.js";
import { openingCommands, type OpeningCommand } from "./commands.js";
import { hostileFiles } from "./grammar.js";
import { holds, type Ending } from "./holds.js";
import { openWorkshop } from "./making.js";

/** How to run a property over files. */
export interface FilesRun {
  runs: number;
  seed: number;
  /** Which commands open a file. */
  choose: (commands: readonly OpeningCommand[]) => fc.Arbitrary<OpeningCommand[]>;
}

/**
 * Makes files of the grammar and has commands open them.
 *
 * @returns how the commands ended
 * @throws an expectation of `holds` that a file fails, with the file
 */
export async function expectFilesToHold({ runs, seed, choose }: FilesRun): Promise<Set<Ending>> {
  const folder = temporaryFolder();
  try {
    const workshop = await openWorkshop(folder.path);
    const commands = await openingCommands(workshop);
    const endings = new Set<Ending>();
    const property = fc.asyncProperty(hostileFiles(workshop.names), choose(commands), async (hostile, chosen) => {
      for (const ending of (await holds(workshop, hostile, chosen)).values()) endings.add(ending);
    });
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: true });
    return endings;
  } finally {
    folder.remove();
  }
}
