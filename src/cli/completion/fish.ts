import type { CommandPage, OptionPage } from "../args/command-page.js";
import { singleQuoted } from "../args/shell-word.js";
import { allPages, COMMAND_NAMES } from "./walk.js";

/** A completion script for fish. */
export function fishCompletion(root: CommandPage): string {
  const pages = allPages(root);
  const paths = pages.filter(({ words }) => words.length > 0).map(({ words }) => singleQuoted(words.join(" ")));
  return `# fish completion of bfa, written by \`bfa completion fish\`

# Whether the words before the cursor name the command that is given, and no other below it.
function __bfa_at
    set -l command ""
    for word in (commandline -opc)[2..]
        set -l longer (string trim -- "$command $word")
        if contains -- $longer ${paths.join(" ")}
            set command $longer
        end
    end
    test "$command" = "$argv[1]"
end

${pages.flatMap(linesOf).join("\n")}
${COMMAND_NAMES.slice(1)
  .map((name) => `complete -c ${name} -w ${COMMAND_NAMES[0]}`)
  .join("\n")}
`;
}

function linesOf(page: CommandPage): string[] {
  const at = `complete -c ${COMMAND_NAMES[0]} -n ${singleQuoted(`__bfa_at ${singleQuoted(page.words.join(" "))}`)}`;
  const takesFile = page.positionals.some(({ takes }) => takes === "FILE");
  const choices = page.positionals.flatMap(({ choices }) => choices);
  return [
    ...(takesFile ? [] : [`${at} -f`]),
    ...page.commands.map(({ words, about }) => `${at} -a ${words.at(-1) ?? ""} -d ${singleQuoted(about)}`),
    ...(choices.length === 0 ? [] : [`${at} -a ${singleQuoted(choices.join(" "))}`]),
    ...page.options.flatMap((option) => optionLines(at, option)),
    `${at} -s h -l help -d 'show the help'`,
  ];
}

function optionLines(at: string, { name, about, takes, choices, isOn }: OptionPage): string[] {
  const value =
    takes === undefined
      ? ""
      : choices.length > 0
        ? ` -x -a ${singleQuoted(choices.join(" "))}`
        : takes === "FILE"
          ? " -r -F"
          : " -x";
  const line = `${at} -l ${name}${value} -d ${singleQuoted(about)}`;
  return isOn ? [line, `${at} -l no-${name} -d ${singleQuoted(`do not ${about}`)}`] : [line];
}
