// Builds everything a page loads into yicun/base/static/yicun/ and prints what it weighs.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "yicun", "base", "static", "yicun");
const firstLoad = ["app.css", "app.js", "icons.svg"];

function sprite() {
  const nodes = JSON.parse(readFileSync(join(here, "node_modules/@tabler/icons/tabler-nodes-outline.json"), "utf8"));
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    if (!nodes[name]) throw new Error(`no icon is called ${name}`);
    const shapes = nodes[name].map(([shape, attributes]) => {
      const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
      return `<${shape}${written.join("")}/>`;
    });
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.join("")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/app.ts", "src/outbox.ts", "src/sw.ts", "src/app.css"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome94", "safari14"],
  supported: { destructuring: true }, // Safari 14 fails only at defaults inside for loops, which nobody writes here
  charset: "utf8",
  legalComments: "none",
  sourcemap: false,
  logLevel: "warning",
});
writeFileSync(join(out, "icons.svg"), sprite());
copyFileSync(join(here, "src", "brand.svg"), join(out, "brand.svg"));

const weigh = (name) => gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
for (const name of [...firstLoad, "outbox.js", "sw.js"]) console.log(`${name.padEnd(10)} ${weigh(name)} bytes gzip`);
console.log(`first load ${firstLoad.reduce((sum, name) => sum + weigh(name), 0)} bytes gzip`);
