/** Metrics of the terminal's font, in px. */
const FONT_SIZE = 13;
const CHARACTER = 7.8;
const LINE = 18;
const PADDING = 16;

/** Colours for the codes that `styleText` writes, readable on a dark background. */
const COLOURS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "36": "#79c0ff",
};

const ESCAPE = String.fromCharCode(27);
const CODE = new RegExp(`${ESCAPE}\\[(\\d{1,2})m`, "g");

/** How a piece of text looks. */
interface Look {
  colour?: string | undefined;
  bold?: boolean;
  dim?: boolean;
}

/** An SVG of what a terminal shows: text with the colours of `styleText`, line by line. */
export function terminalSvg(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.replace(CODE, "").length));
  const width = Math.ceil(columns * CHARACTER) + 2 * PADDING;
  const height = lines.length * LINE + 2 * PADDING;
  const texts = lines.map((line, row) => {
    const y = PADDING + row * LINE + FONT_SIZE;
    return `<text x="${PADDING}" y="${y}" xml:space="preserve">${piecesOf(line).join("")}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g fill="#e6edf3" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="${FONT_SIZE}">`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** The pieces of a line between its codes. */
function piecesOf(line: string): string[] {
  const look: Look = {};
  // `split` with a pattern that has a group puts texts at even indices and codes at odd ones.
  return line.split(CODE).map((part, at) => {
    if (at % 2 === 0) return part === "" ? "" : piece(part, look);
    if (part === "1") look.bold = true;
    else if (part === "2") look.dim = true;
    else if (part === "22") look.bold = look.dim = false;
    else look.colour = COLOURS[part];
    return "";
  });
}

function piece(text: string, { colour, bold, dim }: Look): string {
  const attributes = [
    colour === undefined ? "" : ` fill="${colour}"`,
    bold === true ? ' font-weight="bold"' : "",
    dim === true ? ' fill-opacity="0.6"' : "",
  ].join("");
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return attributes === "" ? escaped : `<tspan${attributes}>${escaped}</tspan>`;
}
