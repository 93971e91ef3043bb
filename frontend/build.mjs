// static/src → static/dist: app.js (small, eager), theme.js (for the head, before first paint), app.css, and chunks loaded on demand.
// The fonts of printed papers → build/fonts.
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import * as esbuild from "esbuild";
import { prune } from "./prune.mjs";

const out = "static/dist";
const shared = {
  outdir: out,
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "linked",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};
const pruned = {
  name: "prune",
  setup: (build) =>
    build.onLoad({ filter: /tabler\.css$/ }, async ({ path }) => ({
      contents: prune(await readFile(path, "utf8")),
      loader: "css",
    })),
};
const modules = {
  ...shared,
  entryPoints: [
    { in: "static/src/app.ts", out: "app" },
    { in: "static/src/app.css", out: "app" },
    { in: "static/src/icon.svg", out: "icon" },
  ],
  format: "esm",
  plugins: [pruned],
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  // Pictures and fonts stay files; the few data: pictures inside the framework's own CSS are left as they are.
  loader: { ".svg": "copy", ".woff2": "file", ".woff": "file", ".png": "file" },
};
const early = { ...shared, entryPoints: [{ in: "static/src/theme-early.ts", out: "theme" }], format: "iife" };

// Whole, not subset: a name may hold any character. The licence goes with them.
const fonts = "node_modules/@expo-google-fonts/noto-sans-sc";
const printed = ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE_FONT"];
await mkdir("build/fonts", { recursive: true });
for (const file of printed) await copyFile(`${fonts}/${file}`, `build/fonts/${file.split("/").at(-1)}`);

await rm(out, { recursive: true, force: true });
if (process.argv.includes("--watch")) {
  for (const options of [modules, early]) await (await esbuild.context(options)).watch();
} else {
  await Promise.all([esbuild.build(modules), esbuild.build(early)]);
}
