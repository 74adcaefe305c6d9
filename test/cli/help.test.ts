import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runCli } from "../support/cli.js";

const FOLDER = fileURLToPath(new URL("__snapshots__/help/", import.meta.url));

/** The help of a command and of all below it, by the words that one types. */
async function helpBelow(words: readonly string[]): Promise<[command: string, help: string][]> {
  const { code, stdout, stderr } = await runCli([...words, "--help"]);
  expect({ code, stderr }, words.join(" ")).toEqual({ code: 0, stderr: "" });
  const commands = /^Commands:\n(?<lines>(?: .*\n)+)/m.exec(stdout)?.groups?.["lines"] ?? "";
  // A line of its own is indented by two spaces, the rest of a longer text by more.
  const below = [...commands.matchAll(/^ {2}(?! )(?<line>.*)$/gm)].map(
    ({ groups }) => groups?.["line"]?.split(" ")[words.length + 1] ?? "",
  );
  const all = await Promise.all(below.map((word) => helpBelow([...words, word])));
  return [[["bfa", ...words].join(" "), stdout], ...all.flat()];
}

it("the help of every command is the one that was agreed on", { timeout: 120_000 }, async () => {
  const all = await helpBelow([]);
  expect(all.length).toBeGreaterThan(15);
  const names = all.map(([command]) => `${command.replaceAll(" ", "-")}.txt`);
  for (const [index, [, help]] of all.entries()) {
    await expect(help).toMatchFileSnapshot(`${FOLDER}${names[index] ?? ""}`);
  }
  const kept = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  expect(
    kept.filter((name) => !names.includes(name)),
    "snapshots of commands that are gone",
  ).toEqual([]);
});
