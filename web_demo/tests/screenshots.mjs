// The pictures of README.md, from the drawn camera: node tests/screenshots.mjs, after check.sh.
import { mkdirSync } from "node:fs";
import { CAMERA, BUILD, counted, launch, says, serve, visit } from "./stage.mjs";

const DOCS = new URL("../docs/", import.meta.url).pathname;
mkdirSync(DOCS, { recursive: true });
const server = await serve(), browser = await launch({ camera: CAMERA });
const shoot = (page, name) => page.screenshot({ path: `${DOCS}${name}.jpg`, type: "jpeg", quality: 80, fullPage: true });

const wide = await visit(browser, server.address, { viewport: { width: 960, height: 800 } });
await counted(wide.page, 20);
await shoot(wide.page, "live");
await wide.page.close();

const narrow = await visit(browser, server.address, { viewport: { width: 390, height: 844 } });
await narrow.page.locator("#background-file").setInputFiles(`${BUILD}background.png`);
await counted(narrow.page, 10);
await narrow.page.locator("#test").click();
await says(narrow.page, /passed/);
await shoot(narrow.page, "phone");
await browser.close();
server.stop();
