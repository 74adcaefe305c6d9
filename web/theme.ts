import { LETTERS } from "./cells.js";
import { el } from "./dom.js";

const KEY = "theme";
const THEMES = ["light", "dark"] as const;

/** A button that switches between light and dark. Until it is clicked, the system's setting applies. */
export function themeButton(onChange: () => void): HTMLElement {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  root.dataset["theme"] = kept() ?? (system.matches ? "dark" : "light");
  const button = el("button", { type: "button", class: "plain", "aria-label": "Dark colours" }, "◐");
  const showPressed = () => {
    button.setAttribute("aria-pressed", String(root.dataset["theme"] === "dark"));
  };
  const turn = (theme: string) => {
    root.dataset["theme"] = theme;
    showPressed();
    onChange();
  };
  system.addEventListener("change", () => {
    if (kept() === undefined) turn(system.matches ? "dark" : "light");
  });
  button.addEventListener("click", () => {
    const theme = root.dataset["theme"] === "dark" ? "light" : "dark";
    keep(theme);
    turn(theme);
  });
  showPressed();
  return button;
}

/** A colour of the page, by the name of its CSS variable. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colours of cells by index, in ImageData's byte order. */
export function palette(): Uint32Array {
  return Uint32Array.from(LETTERS, (letter) => pixel(colour(`cell-${letter}`)));
}

/** A colour `#rrggbb` as a pixel. */
export function pixel(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return ((255 << 24) | ((blue ?? 0) << 16) | ((green ?? 0) << 8) | (red ?? 0)) >>> 0;
}

// Storage may be forbidden, for example for a page opened from disk.
function kept(): string | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return THEMES.find((each) => each === theme);
  } catch {
    return undefined;
  }
}

function keep(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then the choice lasts as long as the page.
  }
}
