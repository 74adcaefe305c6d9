import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runCli } from "../support/cli.js";
import { optionText } from "../../src/cli/output/help.js";
import { allCommands } from "../../src/cli/commands/registry.js";
import { allPages } from "../../src/cli/completion/walk.js";

/** A user whose default database doesn't depend on who runs the tests. */
const USER = { HOME: "/home/user", XDG_DATA_HOME: "" };

const FOLDER = fileURLToPath(new URL("__snapshots__/help/", import.meta.url));

/** The help of a command and of all its subcommands, by the words that a user types. */
async function helpBelow(words: readonly string[]): Promise<[command: string, help: string][]> {
  const { code, stdout, stderr } = await runCli([...words, "--help"], USER);
  expect({ code, stderr }, words.join(" ")).toEqual({ code: 0, stderr: "" });
  const commands = /^Commands:\n(?<lines>(?: .*\n)+)/m.exec(stdout)?.groups?.["lines"] ?? "";
  // A new line is indented by two spaces, the continuation of a longer text by more.
  const below = [...commands.matchAll(/^ {2}(?! )(?<line>.*)$/gm)].map(
    ({ groups }) => groups?.["line"]?.split(" ")[0] ?? "",
  );
  const all = await Promise.all(below.map((word) => helpBelow([...words, word])));
  return [[["bfa", ...words].join(" "), stdout], ...all.flat()];
}

it("the help of every command is as agreed", async () => {
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

it("bfa, bfa help and bfa --help print the same, as do bfa query and bfa help query", async () => {
  const [help, ...same] = await Promise.all([["--help"], [], ["help"], ["-h"]].map((args) => runCli(args, USER)));
  for (const one of same) expect(one).toEqual(help);
  const [group, ...alike] = await Promise.all(
    [["query", "--help"], ["query"], ["help", "query"], ["--no-color", "query", "-h"]].map((args) =>
      runCli(args, USER),
    ),
  );
  for (const one of alike) expect(one).toEqual(group);
  expect([help?.code, group?.code]).toEqual([0, 0]);
});

it("the help has colours with --color and none without, nor with NO_COLOR", async () => {
  const coloured = await runCli(["--color", "help", "update"], { ...USER, NO_COLOR: "1" });
  expect(coloured).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("\u001b[1mUsage:") as string });
  const plain = await Promise.all([
    runCli(["help", "update"], USER),
    runCli(["--no-color", "update", "--help"], { ...USER, FORCE_COLOR: "1" }),
  ]);
  for (const { stdout } of plain) expect(stdout).not.toContain("\u001b");
});

it("every command has an example, and every option and argument says what it means and what kind of value it takes", async () => {
  const commands = allPages(await allCommands()).filter((page) => page.commands.length === 0);
  expect(commands.length).toBeGreaterThan(20);
  for (const { words, examples, options, positionals } of commands) {
    const name = words.join(" ");
    expect(examples.length, name).toBeGreaterThan(0);
    for (const { line } of examples) expect(line).toMatch(new RegExp(`^bfa ${name}(?: |$)`));
    for (const option of options) {
      expect(option.about, `${name} ${optionText(option)}`).not.toBe("");
      // A number or a date that was passed on as typed would have no kind.
      expect(option.about, `${name} ${optionText(option)}`).not.toMatch(/YYYY-MM-DD|\benv\b/);
    }
    for (const place of positionals) expect(place.about, `${name} ${place.name}`).not.toBe("");
  }
});
