import type { CommandPage, OptionPage, PositionalPage } from "../args/command-page.js";
import { singleQuoted } from "../args/shell-word.js";
import { allPages, COMMAND_NAMES } from "./walk.js";

/** A completion script for zsh: one function per command, which completes what follows its name. */
export function zshCompletion(root: CommandPage): string {
  return `#compdef ${COMMAND_NAMES.join(" ")}
# zsh completion of bfa, written by \`bfa completion zsh\`

${allPages(root).map(functionOf).join("\n\n")}

# Loaded by its name from a folder of $fpath, or read by \`source\`.
if [[ $funcstack[1] == _bfa ]]; then
  _bfa "$@"
else
  compdef _bfa ${COMMAND_NAMES.join(" ")}
fi
`;
}

function functionOf(page: CommandPage): string {
  const specs = [
    ...page.options.flatMap(optionSpecs),
    "'(-h --help)'{-h,--help}'[show the help]'",
    ...page.positionals.map(positionalSpec),
  ];
  return page.commands.length > 0 ? groupFunction(page, specs) : commandFunction(page, specs);
}

function commandFunction(page: CommandPage, specs: readonly string[]): string {
  return `${nameOf(page)}() {
  _arguments \\
${specs.map((spec) => `    ${spec}`).join(" \\\n")}
}`;
}

function groupFunction(page: CommandPage, specs: readonly string[]): string {
  const named = page.commands.map(({ words, about }) =>
    singleQuoted(`${escaped(words.at(-1) ?? "")}:${escaped(about)}`),
  );
  return `${nameOf(page)}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${named.map((one) => `    ${one}`).join("\n")}
  )
  _arguments -C \\
${specs.map((spec) => `    ${spec}`).join(" \\\n")} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $line[1] in
${page.commands.map((below) => `        ${below.words.at(-1) ?? ""}) ${nameOf(below)} ;;`).join("\n")}
      esac
      ;;
  esac
}`;
}

function nameOf({ words }: CommandPage): string {
  return ["_bfa", ...words].join("_");
}

function optionSpecs({ name, about, takes, choices, isOn }: OptionPage): string[] {
  const value = takes === undefined ? "" : `:${takes.toLowerCase()}:${actionOf(takes, choices)}`;
  const spec = singleQuoted(`--${name}[${about.replaceAll(/[[\]]/g, "")}]${value}`);
  return isOn ? [spec, singleQuoted(`--no-${name}[do not ${about.replaceAll(/[[\]]/g, "")}]`)] : [spec];
}

function positionalSpec({ name, takes, choices, isRequired, isList }: PositionalPage): string {
  const place = isList ? "*:" : isRequired ? ":" : "::";
  return singleQuoted(`${place}${name}:${actionOf(takes, choices)}`);
}

function actionOf(takes: OptionPage["takes"], choices: readonly string[]): string {
  if (choices.length > 0) return `(${choices.join(" ")})`;
  return takes === "FILE" ? "_files" : " ";
}

/** Escapes colons, which end a field in a zsh spec. */
function escaped(text: string): string {
  return text.replaceAll(":", "\\:");
}
