import { candidates, openQuickest } from "../core/engines.js";
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
