// What the contract says of the previous mask, and what golden/ has to hold then.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parseContract } from "../../core/contract.js";
import { Export } from "../../core/export.js";

const FOLDERS = { plain: "../../../vectors/model/", video: "../../../vectors/video/model/" };
const at = (kind, name) => new URL(FOLDERS[kind] + name, import.meta.url);
const contract = (kind) => JSON.parse(readFileSync(at(kind, "model_contract.json")));

function refused(kind, change, pattern) {
  const made = contract(kind);
  change(made);
  assert.throws(() => parseContract(JSON.stringify(made), "here"), pattern);
}

test("a prior is where the contract names one", () => {
  for (const kind of ["plain", "video"]) {
    assert.equal(parseContract(JSON.stringify(contract(kind)), "here").prior, kind === "video");
  }
});

test("what contradicts itself about the prior is refused in a sentence", () => {
  refused("video", (made) => delete made.prior, /^PortraitError: here: .*takes RGB and the previous mask, and no "prior".*export the model again/);
  refused("video", (made) => (made.input.channels = "RGB"), /here: it has a "prior", and the model takes RGB alone; export/);
  refused("plain", (made) => (made.prior = contract("video").prior), /here: it has a "prior", and the model takes RGB alone/);
  refused("video", (made) => delete made.golden.prior, /here: the golden photo has no prior, the mask before it; export/);
  refused("video", (made) => (made.input.channels = "RGBD"), /takes RGBD, this page gives RGB or RGB and the previous mask/);
});

/** The golden bytes of an export, with some files' bytes changed. */
async function golden(kind, change = (bytes) => bytes) {
  const read = async (path) => {
    const bytes = change(readFileSync(at(kind, path.slice(2))), path);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  };
  const found = await Export.open(".", read);
  return Promise.all(found.contract.files.map((file) => found.golden(file)));
}

test("the golden prior is the golden photo's alpha; without a prior it is 0", async () => {
  const prior = readFileSync(at("video", "golden/prior.gray")), colors = readFileSync(at("video", "golden/photo.rgb"));
  for (const { photo } of await golden("video")) {
    assert.deepEqual(Buffer.from(photo.filter((_, i) => i % 4 === 3)), prior);
    assert.deepEqual(Buffer.from(photo.filter((_, i) => i % 4 < 3)), colors);
  }
  for (const { photo } of await golden("plain")) assert.ok(photo.every((value, i) => i % 4 < 3 || value === 0));
});

test("a golden prior that is gone, damaged or of another size", async () => {
  const gone = (bytes, path) => {
    if (path.endsWith("prior.gray")) throw new Error("404");
    return bytes;
  };
  await assert.rejects(golden("video", gone), /golden\/prior\.gray: cannot be read \(404\); copy the whole export/);
  await assert.rejects(golden("video", (bytes, path) => (path.endsWith("prior.gray") ? bytes.map((v) => v ^ 1) : bytes)),
    /golden\/prior\.gray: damaged or from another export \(SHA-256/);
  const { createHash } = await import("node:crypto");
  const short = Buffer.alloc(900), made = contract("video");
  made.golden.prior.sha256 = createHash("sha256").update(short).digest("hex");
  const change = (bytes, path) =>
    path.endsWith("prior.gray") ? short : path.endsWith(".json") ? Buffer.from(JSON.stringify(made)) : bytes;
  await assert.rejects(golden("video", change), /golden\/prior\.gray: 900 bytes do not fit 32 x 32; copy the whole export/);
});
