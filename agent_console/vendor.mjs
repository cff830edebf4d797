// Copies the browser builds of the locked packages into static/vendor/<name>@<version>/ and writes
// static/vendor/manifest.json (package name -> path below static/), which the templates read.
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "static", "vendor");

const BUILDS = {
  "@twilio/voice-sdk": "dist/twilio.min.js",
  echarts: "dist/echarts.min.js",
  "htmx.org": "dist/htmx.min.js",
  "socket.io-client": "dist/socket.io.min.js",
};

await rm(vendor, { recursive: true, force: true });
const manifest = {};
for (const [name, build] of Object.entries(BUILDS)) {
  const source = join(here, "node_modules", name);
  const { version } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const folder = `${name.replace("@", "").replace("/", "-")}@${version}`;
  const file = build.split("/").at(-1);
  await mkdir(join(vendor, folder), { recursive: true });
  await copyFile(join(source, build), join(vendor, folder, file));
  for (const entry of await readdir(source)) {
    if (/^(licen[cs]e|notice)/i.test(entry)) {
      await cp(join(source, entry), join(vendor, folder, entry), { recursive: true });
    }
  }
  manifest[name] = `vendor/${folder}/${file}`;
}
await writeFile(join(vendor, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`browser files of ${Object.keys(manifest).length} packages are in static/vendor`);
