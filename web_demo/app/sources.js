// Where pictures come from: the camera, a video file, a photo.
import { PortraitError } from "../core/error.js";
import { words } from "./words.js";

const LARGEST_LIVE = 1280; // longer side of a frame, in pixels

/** Frames of a <video> element, which plays a camera or a file. */
export class Frames {
  constructor(video) {
    this.video = video;
    this.context = null;
    this.stream = null;
    this.mirror = false;
  }

  /**
   * Starts a camera; facing: "user" or "environment", device: an id. lost(sentence) is called if it goes away. Returns
   * false if something else was started while the browser asked for permission.
   */
  async startCamera({ facing = "user", device } = {}, lost) {
    this.stop();
    const asked = (this.asked = {});
    if (!navigator.mediaDevices?.getUserMedia) throw new PortraitError(words.insecure);
    const wanted = device ? { deviceId: { exact: device } } : { facingMode: facing };
    const size = { width: { ideal: 640 }, height: { ideal: 480 } };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...size } });
    } catch (error) {
      throw new PortraitError(cameraSentence(error));
    }
    if (this.asked !== asked) {
      stream.getTracks().forEach((track) => track.stop());
      return false;
    }
    this.stream = stream;
    const [track] = this.stream.getVideoTracks();
    track.addEventListener("ended", () => lost(words.cameraLost));
    track.addEventListener("mute", () => lost(words.cameraSilent));
    track.addEventListener("unmute", () => lost(null));
    const facingMode = track.getSettings().facingMode;
    this.mirror = (facingMode ?? facing) === "user";
    this.video.srcObject = stream;
    await this.video.play();
    return true;
  }

  /** Plays a video file over and over. */
  async startVideo(file) {
    this.stop();
    this.mirror = false;
    this.video.src = this.address = URL.createObjectURL(file);
    this.video.loop = true;
    try {
      await this.video.play();
      if (!this.video.videoWidth) throw new Error("no picture in it");
    } catch (error) {
      this.stop();
      throw new PortraitError(words.unreadableVideo(file.name, error.message));
    }
  }

  stop() {
    this.asked = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
    this.video.pause();
    this.video.srcObject = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** Calls back once, when the next frame is there. */
  next(callback) {
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(callback);
    else requestAnimationFrame(callback);
  }

  /** When the present frame is shown: by the clock for a camera, by its place in a file. */
  get seconds() {
    return this.stream ? performance.now() / 1000 : this.video.currentTime;
  }

  /** The present frame's pixels; null while there is none, or one of a place that is being left. */
  grab() {
    const { videoWidth, videoHeight, readyState, seeking } = this.video;
    if (!videoWidth || readyState < 2 || seeking) return null;
    const scale = Math.min(1, LARGEST_LIVE / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale), height = Math.round(videoHeight * scale);
    const context = this.contextOf(width, height);
    context.setTransform(this.mirror ? -1 : 1, 0, 0, 1, this.mirror ? width : 0, 0);
    context.drawImage(this.video, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  }

  contextOf(width, height) {
    if (this.context?.canvas.width !== width || this.context?.canvas.height !== height) {
      this.context = contextOf(width, height);
    }
    return this.context;
  }
}

/** How many cameras there are; browsers tell their names once one was allowed. */
export async function cameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === "videoinput");
}

/** A photo's pixels, upright; longest: of its longer side, if it is to be shrunk. */
export async function readPicture(file, longest = Infinity) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new PortraitError(words.unreadable(file.name, file.type || "unknown type"));
  }
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale)), height = Math.max(1, Math.round(bitmap.height * scale));
  try {
    const context = contextOf(width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch {
    throw new PortraitError(words.tooLarge(file.name, width, height));
  } finally {
    bitmap.close();
  }
}

function contextOf(width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas of this size");
  return context;
}

function cameraSentence(error) {
  if (error.name === "NotAllowedError") return words.noPermission;
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return words.noCamera;
  if (error.name === "NotReadableError" || error.name === "AbortError") return words.cameraTaken;
  return words.cameraFailed(error.message || error.name);
}
