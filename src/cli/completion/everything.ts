import type { CommandPage, OptionPage } from "../args/command-page.js";

/** What can be typed beside the commands of a page and their own options: `help`, `--version` and `--color`. */
export function withEverything(root: CommandPage): CommandPage {
  const { options, commands } = withColour(root);
  const help = { ...helpPage(root), about: "explain a command" };
  return { ...root, options: [...options, flag("version", "show the version")], commands: [...commands, help] };
}

function withColour(page: CommandPage): CommandPage {
  const colour = flag("color", "use colours", true);
  return { ...page, options: [...page.options, colour], commands: page.commands.map(withColour) };
}

/** The words after `help`: those of the commands. */
function helpPage(page: CommandPage): CommandPage {
  const words = ["help", ...page.words];
  return { ...page, words, options: [], positionals: [], commands: page.commands.map(helpPage) };
}

function flag(name: string, about: string, isOn = false): OptionPage {
  return {
    ...{ name, about, isOn, takes: undefined, isValueOptional: false, choices: [], fallback: undefined },
    ...{ env: undefined, isRequired: false, conflicts: [], group: "" },
  };
}
