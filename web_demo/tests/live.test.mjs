// The page with a camera, in Chromium: what it shows is what Python makes of the same frame, and every control works.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { BUILD, CAMERA, against, counted, differing, launch, says, snapshot, stage, text, visit } from "./stage.mjs";

const RADIUS = 12.8; // strength 20 of 640 pixels
const { address, browser } = await stage();

/** A visit that ends with a check that nothing was asked for elsewhere and nothing failed unseen. */
function scene(name, query, act, options = {}) {
  test(name, async () => {
    const opened = await visit(browser, address, { query, ...options });
    try {
      await act(opened.page);
      assert.deepEqual(opened.outside, []);
      assert.deepEqual(opened.errors, []);
    } finally {
      await opened.page.close();
    }
  });
}

/** The first pixel, which is background in the drawn frames, is nearly of a color: the mask is nearly 0 there. */
function near(shown, color) {
  color.forEach((value, c) => assert.ok(Math.abs(shown[c] - value) <= 6, `${shown.subarray(0, 3).join()} is not ${color}`));
}

for (const compose of ["CPU", "GPU"]) {
  for (const model of ["selfie", "portraitnet_fast", "portraitnet"]) {
    scene(`${model} blurs live as Python does, composed on the ${compose}`, `?model=${model}&compose=${compose}`, async (page) => {
      await page.locator("#smoothing").uncheck();
      const shot = await snapshot(page);
      assert.equal(shot.onGpu, compose === "GPU", await text(page, "overlay"));
      const facts = against(`${model}/${model}.tflite`, shot, RADIUS);
      console.log(`${model}, ${compose}: labels ${(100 * facts.labels).toFixed(3)} %, ` +
        `${(100 * facts.seen).toFixed(4)} % of the values differ by more than 2 levels, the largest by ${facts.largest}`);
      assert.ok(facts.person > 0.05 && facts.person < 0.95, "the drawn person is seen");
      assert.ok(facts.labels >= 0.999, `labels ${facts.labels}`);
      assert.ok(facts.seen <= 0.001, `${facts.seen} of the picture's values`);
    });
  }
}

scene("letter-boxed photos of a tiny network, float and int8", "?model=tiny&compose=CPU&file=tiny_int8.tflite", async (page) => {
  await page.locator("#smoothing").uncheck();
  const facts = against("tiny/tiny_int8.tflite", await snapshot(page), RADIUS);
  assert.ok(facts.labels >= 0.99 && facts.difference < 0.004, JSON.stringify(facts));
});

for (const compose of ["CPU", "GPU"]) {
  scene(`each effect on the ${compose}`, `?compose=${compose}`, async (page) => {
    const shots = {};
    await page.locator("#background-file").setInputFiles(`${BUILD}background.png`);
    await page.waitForFunction(() => document.getElementById("effect").value === "picture");
    for (const effect of ["none", "blur", "color", "picture", "mask"]) {
      await page.locator("#effect").selectOption(effect);
      shots[effect] = await snapshot(page);
      assert.match(await page.locator("#picture").getAttribute("aria-label"), new RegExp(`Camera, background: ${effect}`, "i"));
    }
    assert.equal(differing(shots.none.shown, shots.none.frame, 0), 0);
    assert.ok(differing(shots.blur.shown, shots.blur.frame) > 0.2);
    near(shots.color.shown, [40, 120, 90]);
    near(shots.mask.shown, [0, 0, 0]);
    assert.ok(differing(shots.picture.shown, shots.color.shown) > 0.2);
  });
}

scene("strength, color and smoothing change what is shown", "?compose=CPU", async (page) => {
  const weak = page.locator("#strength").fill("2").then(() => snapshot(page));
  const { frame, shown } = await weak;
  await page.locator("#strength").fill("60");
  const strong = await snapshot(page);
  assert.ok(differing(strong.shown, strong.frame) > differing(shown, frame));
  await page.locator("#effect").selectOption("color");
  await page.locator("#color").fill("#ff0080");
  near((await snapshot(page)).shown, [255, 0, 128]);
  assert.equal(await page.locator("#strength").isDisabled(), true);
  await page.locator("#smoothing").uncheck();
  assert.equal(await page.evaluate(async () => (await import("./app/main.js")).demo.smoothing), false);
});

scene("model and back end change what the overlay names", "", async (page) => {
  await page.locator("#model").selectOption({ label: "portraitnet_fast.tflite" });
  await page.waitForFunction(() => document.getElementById("overlay").textContent.includes("portraitnet_fast.tflite on wasm"));
  await page.locator("#backend").selectOption("wasm");
  await counted(page);
  await page.waitForFunction(() => /tflite on wasm\n/.test(document.getElementById("overlay").textContent));
  assert.match(await text(page, "overlay"), /model [\d.]+ ms, all [\d.]+ ms \(nine of ten: [\d.]+\), [\d.]+ frames\/s/);
});

test("WebGPU, drawn by a program here: float16 gives Python's mask, int8 goes to the CPU and says why", async () => {
  const flags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];
  const other = await launch({ camera: CAMERA, flags });
  const { page } = await visit(other, address, { query: "?model=selfie&backend=WebGPU&compose=CPU" });
  assert.match(await text(page, "overlay"), /selfie\.tflite on WebGPU/);
  await page.locator("#smoothing").uncheck();
  const facts = against("selfie/selfie.tflite", await snapshot(page), RADIUS);
  assert.ok(facts.labels >= 0.99, JSON.stringify(facts));
  await page.locator("#model").selectOption({ label: "portraitnet_fast.tflite" });
  await page.waitForFunction(() =>
    /portraitnet_fast\.tflite on wasm.*portraitnet_fast\.tflite on WebGPU: /s.test(document.getElementById("overlay").textContent));
  await other.close();
});

scene("self-test passes and says how", "?model=portraitnet_fast", async (page) => {
  await page.locator("#test").click();
  await says(page, /passed: labels agree to (99\.9|100\.)\d* %, mean difference 0\.00\d+\nportraitnet_fast\.tflite on wasm/);
});

scene("a model of the user's own, from a folder", "", async (page) => {
  await page.locator("#own-files").setInputFiles(new URL("../../vectors/video/model", import.meta.url).pathname);
  await page.waitForFunction(() => /tiny_\w+\.tflite on wasm/.test(document.getElementById("overlay").textContent));
  assert.equal(await page.locator("#model option:checked").textContent(), "model (yours): automatic");
  await counted(page, 2);
  await page.locator("#test").click();
  await says(page, /passed: labels agree to (99\.9|100\.)\d* %.*\ntiny_\w+\.tflite on wasm/);
});

scene("picture and cut-out are saved", "", async (page) => {
  for (const [button, name] of [["save", "portrait.png"], ["cutout", "cutout.png"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#${button}`).click()]);
    assert.equal(download.suggestedFilename(), name);
    const png = readFileSync(await download.path());
    assert.equal(png.readUInt32BE(16), 640);
    assert.equal(png.readUInt32BE(20), 480);
    await says(page, new RegExp(`Saved ${name}, 640 x 480 pixels`));
  }
  const cut = await page.evaluate(async () => {
    const { demo } = await import("./app/main.js");
    const { data } = await demo.result(true);
    const alpha = data.filter((_, i) => i % 4 === 3);
    return { corner: alpha[0], most: alpha.reduce((one, other) => Math.max(one, other)) };
  });
  assert.ok(cut.corner < 10 && cut.most > 245, JSON.stringify(cut));
});

scene("a photo, as Python does; then live again", "?model=portraitnet_fast&compose=CPU", async (page) => {
  await page.locator("#photo-file").setInputFiles(`${BUILD}photo.png`);
  await page.waitForFunction(() => document.getElementById("picture").ariaLabel.startsWith("Photo"));
  const facts = against("portraitnet_fast/portraitnet_fast.tflite", await snapshot(page), RADIUS);
  assert.ok(facts.labels >= 0.999 && facts.seen <= 0.001, JSON.stringify(facts));
  await page.locator("#live").click();
  await counted(page, 2);
  assert.match(await page.locator("#picture").getAttribute("aria-label"), /^Camera/);
});

scene("a video file", "", async (page) => {
  await page.locator("#video-input").setInputFiles(`${BUILD}video.webm`);
  await page.waitForFunction(() => document.getElementById("picture").ariaLabel.startsWith("Video"));
  await counted(page, 3);
  assert.ok(differing((await snapshot(page)).shown, (await snapshot(page)).frame) > 0.2);
});

scene("the browser itself refuses requests to other places", "", async (page) => {
  const refused = await page.evaluate(() => fetch("http://localhost:9/").then(() => "sent", (error) => error.name));
  assert.equal(refused, "TypeError");
  const header = await page.locator("meta[http-equiv]").getAttribute("content");
  assert.match(header, /^default-src 'none'/);
});

scene("keyboard, names and a narrow screen", "", async (page) => {
  const controls = page.locator("button:enabled, select:enabled, #controls input:enabled");
  const count = await controls.count();
  const reached = new Set();
  await page.locator("h1").click();
  for (let i = 0; i < count + 5; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id));
  }
  for (let i = 0; i < count; i++) {
    const control = controls.nth(i), id = await control.getAttribute("id");
    assert.ok(reached.has(id), `Tab does not reach ${id}`);
    const { height } = await control.boundingBox();
    assert.ok(height >= 40, `${id} is ${height} pixels high`);
    const name = await control.evaluate((one) => (one.labels?.[0] ?? one).textContent.trim());
    assert.ok(name, `${id} has no name`);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await page.locator("#effect").focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#effect").inputValue(), "color");
}, { viewport: { width: 360, height: 740 } });
