import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allCommands } from "../../src/cli/commands/registry.js";
import { allPages } from "../../src/cli/completion/walk.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

/** A shell, and how to ask it for completions: its output has at least these. */
interface Shell {
  /** Arguments that keep the shell from reading configuration. */
  bare: string[];
  /** A script; `$1` is the completion script, `$2` the line typed, `$3` the text to wait for. */
  ask: string;
}

const SHELLS: Record<string, Shell> = {
  bash: {
    bare: ["--norc", "--noprofile"],
    ask: `source "$1"
      read -ra COMP_WORDS <<<"$2"
      [[ $2 == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _bfa 2>/dev/null # compopt works only while a line is typed
      printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  // zsh completes only on a terminal, so it gets a pseudo terminal. All lines share the dump of its completion system.
  zsh: {
    bare: ["-f"],
    ask: `zmodload zsh/zpty
      zpty line zsh -f -i
      zpty -w line "PROMPT=; autoload -Uz compinit && compinit -u -C -d $HOME/dump; source \${(q)1}; print RE''ADY"
      zpty -r -m line out '*READY*'
      zpty -w -n line "$2"$'\\t'
      zpty -r -m line out "*$3*"
      print -r -- "$out"
      zpty -d line`,
  },
  fish: { bare: ["--no-config"], ask: "source $argv[1]; complete -C $argv[2] | string split -f 1 \\t" },
};

/** A line, and a completion of it. In zsh, there may be no other. */
const LINES = [
  ["bfa up", "update"],
  ["bfa query snaps", "snapshot"],
  ["bfa query snapshot 2024-03-01 --contr", "--contract"],
  ["bfa update --source li", "list"],
  ["bfa update --no-p", "--no-pool"],
  ["bfa validate comp", "completeness"],
  ["bfa completion fi", "fish"],
  ["bfa hel", "help"],
  ["bfa help query snaps", "snapshot"],
  ["bfa update --no-col", "--no-color"],
] as const;

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  folder.remove();
});

describe.each(Object.entries(SHELLS))("in %s", (name, { bare, ask }) => {
  const isInstalled = spawnSync(name, ["--version"]).status === 0;

  it.runIf(isInstalled)("Tab completes commands, options and their values", async () => {
    const script = join(folder.path, `completion.${name}`);
    const { code, stdout, stderr } = await runCli(["completion", name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    writeFileSync(script, stdout);
    writeFileSync(join(folder.path, "ask"), ask);
    for (const [line, completed] of LINES) {
      const env = { ...process.env, HOME: folder.path, TERM: "xterm" };
      const args = [...bare, join(folder.path, "ask"), script, line, completed];
      const answer = spawnSync(name, args, { env, encoding: "utf8", timeout: 300_000 });
      expect({ line, stderr: answer.stderr, stdout: answer.stdout }).toMatchObject({
        line,
        stderr: "",
        stdout: expect.stringContaining(completed) as string,
      });
    }
  });

  it.runIf(isInstalled)("the shell accepts its script, and it has every command and option", async () => {
    const { stdout } = await runCli(["completion", name]);
    const script = join(folder.path, "script");
    writeFileSync(script, stdout);
    const checked = spawnSync(name, ["-n", script], { encoding: "utf8" });
    expect(checked).toMatchObject({ status: 0, stderr: "" });
    const pages = allPages(await allCommands());
    expect(pages.length).toBeGreaterThan(20);
    for (const option of ["version", "no-color"]) expect(stdout).toContain(option);
    for (const { words, options } of pages) {
      expect(stdout).toContain(words.join(name === "zsh" ? "_" : " "));
      for (const option of options) expect(stdout).toContain(option.name);
    }
  });
});
