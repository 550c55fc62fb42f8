// Chromium as the tests use it: headless, with a fake camera, and with an ear on everything that a page asks for.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES ?? new URL("../node_modules", import.meta.url).pathname}/`);
const { chromium } = require("playwright-core");

const QUIET = [
  "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--disable-quic",
];

/** A browser. camera: path of a .y4m file, "refused" or null for none. flags: more of Chromium's own. */
export function launch({ camera = null, flags = [] } = {}) {
  const fake = [
    "--use-fake-device-for-media-stream",
    camera === "refused" ? "--deny-permission-prompts" : `--use-file-for-fake-video-capture=${camera}`,
  ];
  const allowed = camera === "refused" ? [] : ["--use-fake-ui-for-media-stream"];
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...QUIET, ...allowed, ...(camera ? fake : []), ...flags],
  });
}

/** A page whose requests outside `address` and whose errors are collected: { page, outside, errors }. */
export async function open(browser, address, options = {}) {
  const page = await browser.newPage(options);
  const outside = [], errors = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith(`blob:${new URL(address).origin}`) && !url.startsWith("data:")) outside.push(url);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return { page, outside, errors };
}
