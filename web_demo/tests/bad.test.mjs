// What goes wrong is said, in a sentence that names it and what to do; photos and other models still work.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { BUILD, counted, json, launch, says, stage, text, visit } from "./stage.mjs";

const ROOT = new URL("../../", import.meta.url).pathname;
const { address, browser } = await stage();

/** The page, with one of its files answered by `answer`: a text, bytes or null for none. */
function damaged(name, path, answer, pattern, query = "?model=tiny") {
  test(name, async () => {
    const route = (page) => page.route(`**/${path}`, (asked) =>
      answer === null ? asked.fulfill({ status: 404, body: "" }) : asked.fulfill({ body: answer }));
    const { page, outside } = await visit(browser, address, { query, route, waits: false });
    await says(page, pattern);
    assert.deepEqual(outside, []);
    await page.close();
  });
}

const contract = () => json(new URL("../../vectors/model/model_contract.json", import.meta.url));
const videoContract = () => json(new URL("../../vectors/video/model/model_contract.json", import.meta.url));
const changed = (change, made = contract()) => {
  change(made);
  return JSON.stringify(made);
};
const video = (change) => changed(change, videoContract());
const CONTRACT = "models/tiny/model_contract.json", ONLY = "?model=tiny&file=tiny_int8.tflite&backend=wasm";
const VIDEO = "?model=tiny_video&file=tiny_int8.tflite&backend=wasm";

damaged("no list of models", "models/index.json", null, /models\/index\.json: cannot be read \(404.*--web web_demo/);
damaged("an empty list", "models/index.json", '{"models": []}', /models\/index\.json: cannot be read \(it lists none\)/);
damaged("no contract", CONTRACT, null, /models\/tiny\/model_contract\.json: cannot be read \(404.*copy the whole export/);
damaged("a damaged contract", CONTRACT, '{"version": 1,', /model_contract\.json: damaged or no contract .*export the model again/);
damaged("a contract of another version", CONTRACT, changed((made) => (made.version = 2)), /version 2, this page reads 1/);
damaged("a model of another range", CONTRACT, changed((made) => (made.input.range = [0, 1])), /input in 0,1, this page gives RGB in 0,255/);
damaged("a contract without the prior of its golden photo", CONTRACT, video((made) => delete made.golden.prior),
  /model_contract\.json: the golden photo has no prior, the mask before it; export the model again/);
damaged("a contract that says no word of how the previous mask goes in", CONTRACT, video((made) => delete made.prior),
  /takes RGB and the previous mask, and no "prior" says how; export the model again/);
damaged("a missing golden prior", "models/tiny_video/golden/prior.gray", null, /golden\/prior\.gray: cannot be read \(404.*copy the whole export/, VIDEO);
damaged("a file of four channels whose contract has no prior", "models/tiny_video/model_contract.json", video((made) => {
  made.input.channels = "RGB";
  delete made.prior;
}), /tiny_int8\.tflite: maps 1 x 32 x 32 x 4 to .*the contract says 32 pixels of 3 channels; export it again/, VIDEO);
damaged("a file of three channels whose contract has a prior", CONTRACT, changed((made) => {
  const { input, prior, golden } = videoContract();
  made.input.channels = input.channels;
  made.prior = prior;
  made.golden.prior = golden.photo;
}), /tiny_int8\.tflite: maps 1 x 32 x 32 x 3 to .*the contract says 32 pixels of 4 channels; export it again/, ONLY);
damaged("an unknown fit", CONTRACT, changed((made) => (made.input.fit = "crop")), /fit "crop" is unknown/);
damaged("a model of another size", CONTRACT, changed((made) => {
  made.input.width = made.input.height = 64;
  delete made.golden;
}), /tiny_int8\.tflite: maps 1 x 32 x 32 x 3 to .*the contract says 64 pixels of 3 channels; export it again/, ONLY);
damaged("another file than the contract's", "models/tiny/tiny_int8.tflite", "TFL3TFL3", /tiny_int8\.tflite: damaged or from another export \(SHA-256/, ONLY);
damaged("a missing file", "models/tiny/tiny_int8.tflite", null, /tiny_int8\.tflite: cannot be read \(404/, ONLY);
damaged("no golden photo", "models/tiny/golden/photo.rgb", null, /golden\/photo\.rgb: cannot be read/, ONLY);
damaged("no runtime", "node_modules/@litertjs/core/dist/index.js", null, /node_modules\/@litertjs\/core: cannot be loaded .*npm install --prefix web_demo/);

test("a wrong golden mask: the file is not trusted, and the page says so", async () => {
  const mask = Buffer.alloc(32 * 32, 255);
  const { createHash } = await import("node:crypto");
  const answer = changed((made) => {
    made.files["tiny_int8.tflite"].golden.sha256 = createHash("sha256").update(mask).digest("hex");
  });
  const route = async (page) => {
    await page.route(`**/${CONTRACT}`, (asked) => asked.fulfill({ body: answer }));
    await page.route("**/golden/tiny_int8.alpha", (asked) => asked.fulfill({ body: mask }));
  };
  const { page } = await visit(browser, address, { query: ONLY, route, waits: false });
  await says(page, /tiny_int8\.tflite on wasm: wrong result \(labels agree to [\d.]+ %\); choose another file/);
  await page.locator("#model").selectOption({ label: "tiny_float32.tflite" });
  await counted(page, 2);
  assert.equal(await text(page, "message"), "");
  await page.close();
});

test("a damaged export does not keep the others from working", async () => {
  const route = (page) => page.route(`**/${CONTRACT}`, (asked) => asked.fulfill({ body: "no contract" }));
  const { page } = await visit(browser, address, { route });
  await says(page, /models\/tiny\/model_contract\.json: damaged or no contract/);
  assert.match(await text(page, "overlay"), /selfie\.tflite on wasm/);
  await page.close();
});

test("a folder that is no export, and damaged ones", async () => {
  const { page } = await visit(browser, address, { query: "?model=tiny" });
  const own = `${BUILD}own`, contract = `${own}/model_contract.json`, export_ = `${ROOT}vectors/video/model`;
  const choose = async (change, pattern) => {
    rmSync(own, { recursive: true, force: true });
    cpSync(export_, own, { recursive: true });
    change();
    await page.locator("#own-files").setInputFiles(own);
    await says(page, pattern);
  };
  await choose(() => rmSync(contract), /own: no model_contract\.json in it\. Take the folder of an export/);
  await choose(() => writeFileSync(contract, "{"), /own\/model_contract\.json: damaged or no contract/);
  assert.match(await text(page, "overlay"), /tiny_\w+\.tflite on wasm/); // the one before goes on
  await choose(() => rmSync(`${own}/golden/prior.gray`), /own\/golden\/prior\.gray: cannot be read \(it is not in the folder\)/);
  await choose(() => writeFileSync(`${own}/tiny_int8.tflite`, "TFL3TFL3"), /^$/);
  await page.waitForFunction(() => /tiny_float32\.tflite on wasm.*own\/tiny_int8\.tflite: damaged/s.test(document.getElementById("overlay").textContent));
  assert.equal(await page.locator("#model optgroup").count(), json(`${BUILD}page/models/index.json`).models.length + 1);
  await page.close();
});

test("files that are no pictures and no videos", async () => {
  const { page } = await visit(browser, address, { query: "?model=portraitnet_fast" });
  await page.locator("#photo-file").setInputFiles(`${BUILD}none.png`);
  await says(page, /none\.png: this picture cannot be read \(image\/png\)\. Take a JPEG/);
  await page.locator("#background-file").setInputFiles(`${BUILD}none.png`);
  await says(page, /none\.png: this picture cannot be read/);
  await page.locator("#video-input").setInputFiles(`${BUILD}none.mp4`);
  await says(page, /none\.mp4: this video cannot be played .*Take an MP4/);
  await page.locator("#live").click();
  await counted(page, 2);
  await page.close();
});

test("a camera that goes away, goes silent and comes back", async () => {
  const { page } = await visit(browser, address, { query: "?model=portraitnet_fast" });
  const happens = (name) => page.evaluate((name) =>
    document.getElementById("video").srcObject.getVideoTracks()[0].dispatchEvent(new Event(name)), name);
  await happens("mute");
  await says(page, /gives no pictures/);
  await happens("unmute");
  await says(page, /^$/);
  await happens("ended");
  await says(page, /The camera is gone\. Plug it in again, then press Live/);
  await page.locator("#live").click();
  await counted(page, 2);
  assert.equal(await text(page, "message"), "");
  await page.close();
});

for (const [name, camera, pattern] of [
  ["permission refused", "refused", /The camera was not allowed\. Photos still work/],
  ["no camera", null, /no camera that the browser can use\. Photos still work/],
]) {
  test(`${name}: said, and photos work`, async () => {
    const other = await launch({ camera });
    const { page } = await visit(other, address, { query: "?model=portraitnet_fast", waits: false });
    await says(page, pattern);
    await page.waitForFunction(() => document.getElementById("overlay").textContent);
    await page.locator("#photo-file").setInputFiles(`${BUILD}photo.png`);
    await counted(page, 0);
    await page.waitForFunction(() => document.getElementById("picture").ariaLabel.startsWith("Photo"));
    await other.close();
  });
}

test("a camera that is allowed only after a photo was chosen does not push the photo away", async () => {
  const route = (page) => page.addInitScript(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      await new Promise((allow) => (window.allow = allow));
      return (window.late = await ask(wanted));
    };
  });
  const { page } = await visit(browser, address, { query: "?model=tiny", route, waits: false });
  await page.waitForFunction(() => window.allow && document.getElementById("overlay").textContent);
  await page.locator("#photo-file").setInputFiles(`${BUILD}photo.png`);
  await page.waitForFunction(() => document.getElementById("picture").ariaLabel.startsWith("Photo"));
  await page.evaluate(() => window.allow());
  await page.waitForFunction(() => window.late?.getTracks().every((track) => track.readyState === "ended"));
  assert.equal(await page.evaluate(async () => (await import("./app/main.js")).demo.still), true);
  await page.close();
});

test("a GPU that is taken away: the CPU goes on", async () => {
  const { page } = await visit(browser, address, { query: "?model=portraitnet_fast&compose=GPU" });
  await page.evaluate(() => document.getElementById("gpu").getContext("webgl2").getExtension("WEBGL_lose_context").loseContext());
  await page.waitForFunction(() => document.getElementById("overlay").textContent.includes("the GPU was taken away"));
  await counted(page, 2);
  assert.equal(await page.locator("#cpu").isVisible(), true);
  await page.close();
});

test("demo.py without the runtime or in another folder says what to do", () => {
  const run = (page) => spawnSync(process.env.PYTHON ?? "python3", [`${ROOT}pipelines/demo.py`, page, "--port", "0"], { encoding: "utf8" });
  const bare = `${BUILD}bare`;
  rmSync(bare, { recursive: true, force: true });
  mkdirSync(bare);
  assert.match(run(bare).stderr, /no app\/main\.js in it; give --web web_demo/);
  cpSync(`${ROOT}web_demo/app`, `${bare}/app`, { recursive: true });
  assert.match(run(bare).stderr, /LiteRT\.js is missing; run once: npm install --prefix .*--omit=dev/);
});
