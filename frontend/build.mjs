// Bundles the scripts and styles into jingkai/ui/static/ui/dist/, which is never committed.
import { build } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "jingkai", "ui", "static", "ui", "dist");
const outline = join(here, "node_modules", "@tabler", "icons", "icons", "outline");

async function symbol(name) {
  const svg = await readFile(join(outline, `${name}.svg`), "utf8");
  const inside = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inside}</symbol>`;
}

async function sprite() {
  const list = await readFile(join(here, "icons.txt"), "utf8");
  const symbols = await Promise.all(list.split("\n").filter(Boolean).map(symbol));
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/app.js", out: "app" },
    { in: "src/flow.js", out: "flow" },
    { in: "src/designer.js", out: "designer" },
    { in: "src/chart.js", out: "chart" },
    { in: "styles/app.css", out: "app" },
    { in: "styles/fonts.css", out: "fonts" },
  ],
  entryNames: "[name]",
  assetNames: "fonts/[name]",
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome90", "firefox90", "safari15"],
  loader: { ".woff2": "file", ".woff": "empty", ".eot": "empty", ".ttf": "empty", ".svg": "empty" },
  legalComments: "linked",
  logLevel: "warning",
});
await sprite();
