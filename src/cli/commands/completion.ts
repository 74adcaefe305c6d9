import type { CommandPage } from "../args/command-page.js";
import { bashCompletion } from "../completion/bash.js";
import { withEverything } from "../completion/everything.js";
import { fishCompletion } from "../completion/fish.js";
import { zshCompletion } from "../completion/zsh.js";
import type { CommandBody } from "./command-body.js";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

const SHELLS = Object.keys(SCRIPTS) as readonly (keyof typeof SCRIPTS)[];

interface CompletionArguments {
  shell: keyof typeof SCRIPTS;
}

/**
 * `bfa completion`
 *
 * @param root returns the page above all commands
 */
export function completionCommand(root: () => Promise<CommandPage>): CommandBody<CompletionArguments> {
  return {
    builder: (yargs) =>
      yargs
        .positional("shell", { describe: "the shell", choices: SHELLS, demandOption: true })
        .example("$0 completion bash > ~/.local/share/bash-completion/completions/bfa", "for bash")
        .example('$0 completion zsh > "${fpath[1]}/_bfa"', "for zsh, into a folder of $fpath")
        .example("$0 completion fish > ~/.config/fish/completions/bfa.fish", "for fish")
        .epilogue("It takes effect in new shells. Print it again after updating bfa."),
    handler: async ({ shell }) => {
      process.stdout.write(SCRIPTS[shell](withEverything(await root())));
    },
  };
}
