import { candidates, openQuickest } from "../core/engines.js";
import { CONTRACT } from "../core/contract.js";
import { PortraitError } from "../core/error.js";
import { Export } from "../core/export.js";
import { openEngine, useRuntime } from "./runtime.js";
import { words } from "./words.js";

const ROOT = "models";

/** The exports that the page's folder holds: { exports, problems }, the latter being sentences. */
export async function findExports() {
  const exports = [], problems = [];
  for (const name of await namesOf()) {
    try {
      exports.push(await Export.open(`${ROOT}/${name}`, read));
    } catch (error) {
      if (!(error instanceof PortraitError)) throw error;
      problems.push(error.message);
    }
  }
  return { exports, problems };
}

/** The export in a folder of the user's own. files: all Files of it, as <input webkitdirectory> gives them. */
export function ownExport(files) {
  const places = new Map(files.map((file) => [file.webkitRelativePath, file]));
  const found = [...places.keys()].find((place) => place.split("/").length === 2 && place.endsWith(`/${CONTRACT}`));
  if (!found) throw new PortraitError(words.noExport(files[0].webkitRelativePath.split("/")[0]));
  const readOwn = async (path) => {
    if (!places.has(path)) throw new Error("it is not in the folder");
    return places.get(path).arrayBuffer();
  };
  return Export.open(found.slice(0, -CONTRACT.length - 1), readOwn);
}

/** The quickest right engine of an export; name, backend: what the user chose, null leaves it to the page. A GPU always
 * has the CPU behind it. */
export async function openExport(found, name, backend, available) {
  try {
    return await openOn(found, name, backend, available);
  } catch (error) {
    if (backend !== "WebGPU" || !(error instanceof PortraitError)) throw error;
    const opened = await openOn(found, name, null, available.filter((place) => place !== backend));
    return { ...opened, failures: [error.message, ...opened.failures] };
  }
}

async function openOn(found, name, backend, available) {
  const { contract, folder } = found;
  const choices = candidates(contract.files, name, backend, available);
  await useRuntime(choices.some((choice) => choice.backend === "wasm threads"));
  const open = async ({ file, backend: place }) =>
    openEngine(await found.model(file), file, place, contract, `${folder}/${file.name}`);
  return openQuickest(choices, contract, open, (file) => found.golden(file));
}

async function namesOf() {
  let names;
  try {
    names = JSON.parse(new TextDecoder().decode(await read(`${ROOT}/index.json`))).models;
  } catch (error) {
    throw new PortraitError(words.noModels(error.message));
  }
  if (!Array.isArray(names) || !names.length) throw new PortraitError(words.noModels("it lists none"));
  return names;
}

async function read(path) {
  const response = await fetch(new URL(`../${path}`, import.meta.url), { cache: "no-cache" });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trim());
  return response.arrayBuffer();
}
