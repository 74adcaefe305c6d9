import type { CommandPage } from "../args/command-page.js";
import { singleQuoted } from "../args/shell-word.js";
import { allPages, COMMAND_NAMES } from "./walk.js";

/** A completion script for bash. */
export function bashCompletion(root: CommandPage): string {
  const pages = allPages(root);
  return `# bash completion of bfa, written by \`bfa completion bash\`
_bfa() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command="" at
  # --option=value is three words here.
  if [[ $current == = ]]; then
    current=""
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$command \${COMP_WORDS[at]}" in
${pages
  .filter(({ words }) => words.length > 0)
  .map(
    ({ words }) =>
      `      ${singleQuoted([words.slice(0, -1).join(" "), words.at(-1)].join(" "))}) command=${singleQuoted(words.join(" "))} ;;`,
  )
  .join("\n")}
    esac
  done
  case "$command $previous" in
${pages.flatMap(valueCases).join("\n")}
  esac
  case "$command" in
${pages.map((page) => `    ${singleQuoted(page.words.join(" "))}) COMPREPLY=($(compgen -W ${singleQuoted(wordsOf(page).join(" "))} -- "$current")) ;;`).join("\n")}
  esac
${pages.flatMap(fileCases).join("\n")}
}
complete -o bashdefault -F _bfa ${COMMAND_NAMES.join(" ")}
`;
}

/** Cases for a word after an option that takes a value: how to complete the value. */
function valueCases({ words, options }: CommandPage): string[] {
  return options
    .filter(({ takes }) => takes !== undefined)
    .map(({ name, takes, choices }) => {
      const values = `compgen -W ${singleQuoted(choices.join(" "))} -- "$current"`;
      const action =
        choices.length > 0
          ? `COMPREPLY=($(${values})); return`
          : takes === "FILE"
            ? `compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return`
            : "return";
      return `    ${singleQuoted(`${words.join(" ")} --${name}`)}) ${action} ;;`;
    });
}

/** Cases for commands with a file path as a positional argument. */
function fileCases({ words, positionals }: CommandPage): string[] {
  if (!positionals.some(({ takes }) => takes === "FILE")) return [];
  return [
    `  if [[ $command == ${singleQuoted(words.join(" "))} && $current != -* ]]; then`,
    `    compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))`,
    "  fi",
  ];
}

function wordsOf({ commands, positionals, options }: CommandPage): string[] {
  return [
    ...commands.map(({ words }) => words.at(-1) ?? ""),
    ...positionals.flatMap(({ choices }) => choices),
    ...options.map(({ name }) => `--${name}`),
    ...options.filter(({ isOn }) => isOn).map(({ name }) => `--no-${name}`),
    "--help",
  ];
}
