// What the page says; the same as the apps wherever they say it too.
export const words = {
  effects: { none: "None", blur: "Blur", color: "Color", picture: "Picture", mask: "Mask" },
  automatic: "automatic",
  starting: "Starting…",
  proving: (model) => `Proving ${model} on the golden photo…`,
  noPermission:
    "The camera was not allowed. Photos still work; to allow it, use the camera sign beside the address, then press Live.",
  noCamera: "This device has no camera that the browser can use. Photos still work.",
  cameraTaken: "Another program uses the camera. Close it there, then press Live.",
  cameraLost: "The camera is gone. Plug it in again, then press Live; photos still work.",
  cameraSilent: "The camera gives no pictures. It goes on here once its cover or the other program lets go.",
  cameraFailed: (reason) => `The camera failed (${reason}). Press Live to try it again.`,
  insecure: "Browsers give the camera only to localhost and https. Open this page at http://localhost; photos still work.",
  noModels: (reason) =>
    `models/index.json: cannot be read (${reason}). Put a model there: python pipelines/quantize_export.py --web web_demo, then load this page again.`,
  noExport: (folder) =>
    `${folder}: no model_contract.json in it. Take the folder of an export, which pipelines/quantize_export.py makes.`,
  own: (name) => `${name} (yours)`,
  forVideos: (name) => `${name}, for videos`,
  unreadable: (name, type) => `${name}: this picture cannot be read (${type}). Take a JPEG, PNG or WebP.`,
  unreadableVideo: (name, reason) => `${name}: this video cannot be played (${reason}). Take an MP4 (H.264) or WebM.`,
  tooLarge: (name, width, height) =>
    `${name}: ${width} x ${height} pixels are too many for this browser. Take a smaller picture.`,
  pickBackground: "Press Background… to choose the picture behind you.",
  noModel: "No model is open. Choose one that works, or put one there: python pipelines/quantize_export.py --web web_demo.",
  noGolden: "The export holds no golden photo, so nothing can be compared; export the model again.",
  nothingToSave: "There is no picture yet. Press Live or choose a photo first.",
  saved: (name, width, height) => `Saved ${name}, ${width} x ${height} pixels.`,
  gpuWrong: "the GPU composed another picture than the CPU, so the CPU does it",
  gpuLost: "the GPU was taken away, so the CPU composes",
  noGpu: "no WebGL2 with float textures, so the CPU composes",
  shown: (source, effect) => `${source}, background: ${effect}`,
};
