import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { reportHtml } from "../../bench/output/html.js";
import { updateResults } from "../../bench/output/markdown.js";
import { reportText } from "../../bench/output/terminal.js";
import { temporaryFolder } from "../support/database.js";
import { exampleReport } from "../support/bench-report.js";

/** The parts of a document that these tests use; linkedom's own types need those of the DOM. */
interface Page {
  document: {
    querySelectorAll: (selector: string) => Iterable<PageElement>;
  };
}
interface PageElement {
  textContent: string;
  localName: string;
  attributes: Iterable<{ name: string; value: string }>;
}

function parse(html: string) {
  const { document } = parseHTML(html) as unknown as Page;
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  return { all, text: (selector: string) => all(selector).map(({ textContent }) => textContent) };
}

describe("the page", () => {
  it("has a chart and a table for each comparison", async () => {
    const { all, text } = parse(reportHtml(await exampleReport()));
    expect(text("h2")).toEqual(["Headline figures", "Contents", "probe"]);
    expect(text(".headlines li")).toEqual([
      expect.stringMatching(/^Pooled \| unpooled: .* 12,\d+ 1\/s, 17\.\d× as good as unpooled$/),
    ]);
    expect(text("nav li li")).toEqual(["Pooled | unpooled", "Connections"]);
    expect(text(".method")[0]).toContain("probes [1/s], higher is better");
    expect(text("figure > h3")).toEqual(["Pooled | unpooled", "Connections"]);
    // Charts fill a phone without being cut, and the names are above the bars.
    const viewBoxes = all(".chart svg").map(({ attributes }) => [...attributes].find(({ name }) => name === "viewBox"));
    expect(viewBoxes.map((box) => box?.value.split(" ")[2])).toEqual(["480", "480"]);
    expect(text('figure:first-of-type svg [aria-label="text"] text')).toEqual([
      "unpooled",
      "<script>alert(1)</script>",
    ]);
    expect(all("figure table")).toHaveLength(2);
    // Two bars, each with two marks for quartiles; two lines with two points each.
    expect(all('figure:first-of-type svg [aria-label="bar"] rect')).toHaveLength(2);
    expect(all('figure:first-of-type svg [aria-label="tick"] line')).toHaveLength(4);
    expect(all('figure:last-of-type svg [aria-label="line"] path')).toHaveLength(2);
    expect(all('figure:last-of-type svg [aria-label="dot"] circle')).toHaveLength(4);
    expect(text("figure:first-of-type tbody td:nth-child(2)")[0]).toMatch(/^714 \(/);
    expect(text(".skipped")).toEqual(["skipped: wrk (not installed: apt install wrk)"]);
    expect(text("tr.missed td")).toEqual(["HEADs per second", "30,000", "12,400", "missed"]);
  });

  it("needs no other files", async () => {
    const { all } = parse(reportHtml(await exampleReport()));
    const outside = all("*").flatMap(({ localName, attributes }) =>
      [...attributes]
        .filter(
          // Links to anchors on the page itself are fine.
          ({ name, value }) =>
            !(name === "href" && value.startsWith("#")) &&
            (/^(src|href|xlink:href|srcset|data|on\w+)$/.test(name) || /url\(|https?:/.test(value)),
        )
        .map(({ name, value }) => `${localName} ${name}=${value}`),
    );
    expect(outside).toEqual([]);
    expect(all("script, link, iframe, object, embed, img")).toEqual([]);
    expect(all("style").filter(({ textContent }) => /@import|url\(/.test(textContent))).toEqual([]);
  });

  it("shows names as text, whatever they contain", async () => {
    const { text } = parse(reportHtml(await exampleReport()));
    expect(text("figure:first-of-type tbody td:first-child")).toEqual(["unpooled", "<script>alert(1)</script>"]);
    expect(text(".method")[0]).toContain("Some <b>HEADs</b> & more");
  });

  const browser = ["chromium", "chromium-browser", "google-chrome"].find((command) => {
    try {
      execFileSync(command, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });

  it.skipIf(browser === undefined)("is drawn by a browser", async () => {
    const { path, remove } = temporaryFolder();
    try {
      const file = join(path, "bench.html");
      writeFileSync(file, reportHtml(await exampleReport()));
      const options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"];
      const dom = execFileSync(browser ?? "", [...options, pathToFileURL(file).href], { encoding: "utf8" });
      const { all } = parse(dom);
      expect(all('svg [aria-label="bar"] rect')).toHaveLength(2);
    } finally {
      remove();
    }
  });
});

/** The benches in the order of their sections. */
const ORDER = ["probe", "dns"];

describe("the file of results", () => {
  it("gets a new section for the bench and keeps the others", async () => {
    const { path, remove } = temporaryFolder();
    try {
      const file = join(path, "RESULTS.md");
      const first = await exampleReport("2026-01-01T00:00:00.000Z");
      updateResults(file, first, ORDER);
      updateResults(file, { ...first, benches: first.benches.map((bench) => ({ ...bench, name: "dns" })) }, ORDER);
      const last = await exampleReport("2026-02-02T00:00:00.000Z");
      updateResults(file, last, ORDER);
      const text = readFileSync(file, "utf8");
      expect(text.match(/^## \w+/gm)).toEqual(["## probe", "## dns"]);
      expect(text.match(/^2026-\d\d-\d\d/gm)).toEqual(["2026-02-02", "2026-01-01"]);
      expect(text).toContain(`Node ${process.version}`);
      expect(text).toContain(first.machine.commit);
      expect(text).toContain("| HEADs per second | 30,000 | 12,400 | **missed** |");
      updateResults(file, last, ORDER);
      expect(readFileSync(file, "utf8")).toBe(text);
    } finally {
      remove();
    }
  });
});

describe("the terminal's text", () => {
  it("has every side, what was skipped and what was missed", async () => {
    const text = reportText(await exampleReport());
    for (const part of ["unpooled", "Pooled | unpooled", "skipped: wrk", "MISSED HEADs per second", "note: A note."]) {
      expect(text).toContain(part);
    }
  });
});
