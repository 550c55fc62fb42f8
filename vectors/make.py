"""Writes the golden vectors beside it, from the package's own functions: python -m vectors.make [FOLDER]

See README.md here for what they are and how a test reads them. Run it after a change of a definition, never to make a
failing test pass.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np

from tf_portrait.data.fit import FITS, fit_box, fit_matrix, fit_photo, resize, unfit
from tf_portrait.inference import compose
from tf_portrait.inference.smoothing import HOLD, RATIO, TemporalSmoother
from tf_portrait.inference.tflite import TFLiteModel
from tf_portrait.inference.yuv import plane, upright, yuv_to_rgb

HERE = Path(__file__).resolve().parent
EXACT = {"max": 0, "share": 0}
AREA = {"max": 1, "share": 0.01}  # sums in another order may end on the other side of a half
HALVED = {"max": 1, "share": 0.15}  # OpenCV rounds halves up where both axes shrink to exactly half
LINEAR = {"max": 1, "share": 0.15}  # OpenCV enlarges 8-bit pictures with weights of 11 bits
MIXED = {"max": 1, "share": 0.2}  # and rounds between the two axes
BLURRED = {"max": 1, "share": 0.002}
FLOAT = {"max": 4e-6, "share": 1}  # float32 sums in another order
SIZE = 24  # of the network that photos are fitted to


class Vectors:
    """Collects cases and writes their arrays; the same array is written once."""

    def __init__(self, folder):
        self.folder, self.cases, self.rng = Path(folder), [], np.random.default_rng(15)
        (self.folder / "arrays").mkdir(parents=True, exist_ok=True)

    def save(self, name, array):
        """Writes arrays/NAME.npy; returns the array's path in the folder."""
        np.save(self.folder / "arrays" / f"{name}.npy", np.ascontiguousarray(array))
        return f"arrays/{name}.npy"

    def add(self, name, operation, inputs, parameters, expected, tolerance=EXACT):
        """One case. inputs: {name: file}. expected: an array, or numbers for the index itself."""
        if isinstance(expected, np.ndarray):
            expected = self.save(name, expected)
        self.cases.append(
            {
                "name": name,
                "operation": operation,
                "inputs": inputs,
                "parameters": parameters,
                "expected": expected,
                "tolerance": tolerance,
            }
        )

    def picture(self, height, width, channels=3):
        """Soft colored noise that uses the whole range, (H, W, C) uint8 or (H, W) for one channel."""
        small = self.rng.integers(0, 256, (max(2, height // 6), max(2, width // 6), channels), np.uint8)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

    def alpha(self, height, width):
        """(H, W) float32 in 0..1, with areas that are surely background and surely person."""
        return np.clip(self.picture(height, width, 1).astype(np.float32) / 255 * 1.6 - 0.3, 0, 1)


def add_fits(vectors):
    """Boxes and matrices, then pixels."""
    for fit in FITS:
        for height, width, size in ((480, 640, 224), (1280, 720, 224), (333, 1000, 224), (37, 53, 64), (1, 300, 64)):
            parameters = {"height": height, "width": width, "size": size, "fit": fit}
            name = f"{fit}_{width}x{height}_{size}"
            vectors.add(f"fit_box_{name}", "fit_box", {}, parameters, list(fit_box(**parameters)))
            matrix = fit_matrix(**parameters).astype(np.float64).tolist()
            vectors.add(f"fit_matrix_{name}", "fit_matrix", {}, parameters, matrix, FLOAT | {"max": 1e-5})
    photos = {
        "wide": (45, 80, AREA),
        "tall": (80, 45, AREA),
        "odd": (37, 53, AREA),
        "small": (10, 14, LINEAR),
        "halved": (2 * SIZE, 2 * SIZE, HALVED),
        "quartered": (4 * SIZE, 4 * SIZE, AREA),
        "flat": (16, 70, MIXED),  # one axis shrinks, the other grows where it is stretched
    }
    for kind, (height, width, tolerance) in photos.items():
        photo = vectors.picture(height, width)
        file = vectors.save(f"photo_{kind}", photo)
        for fit in FITS:
            limit = AREA if kind == "flat" and fit == "letterbox" else tolerance
            parameters = {"size": SIZE, "fit": fit}
            fitted = fit_photo(photo, SIZE, fit)
            vectors.add(f"fit_photo_{fit}_{kind}", "fit_photo", {"photo": file}, parameters, fitted, limit)
    mask = vectors.alpha(SIZE, SIZE)
    file = vectors.save("mask", mask)
    for fit in FITS:
        for height, width in ((45, 80), (80, 45), (13, 17)):
            parameters = {"height": height, "width": width, "fit": fit}
            alpha = unfit(mask, height, width, fit)
            vectors.add(f"unfit_{fit}_{width}x{height}", "unfit", {"mask": file}, parameters, alpha, FLOAT)


def add_resizes(vectors):
    """Pictures and masks, shrunk and enlarged."""
    photo, alpha = vectors.picture(45, 80), vectors.alpha(45, 80)
    files = vectors.save("resize_photo", photo), vectors.save("resize_alpha", alpha)
    for width, height, tolerance in ((20, 11, AREA), (80, 13, AREA), (80, 45, EXACT), (101, 60, LINEAR)):
        parameters = {"width": width, "height": height}
        name = f"{width}x{height}"
        pixels = resize(photo, width, height)
        vectors.add(f"resize_photo_{name}", "resize", {"image": files[0]}, parameters, pixels, tolerance)
        values = resize(alpha, width, height)
        vectors.add(f"resize_alpha_{name}", "resize", {"image": files[1]}, parameters, values, FLOAT)


def add_smoothing(vectors):
    """Six masks one after another, of pictures that rest, creep and move."""
    masks = vectors.rng.random((6, 12, 12), np.float32)
    masks[:, :3], masks[:, 3:6] = masks[:, :3] > 0.5, np.clip(masks[:, 3:6], 0.3, 0.7)
    # Changes of up to 9 gray levels, the more the further down; the left three columns rest.
    rng = np.random.default_rng(11)  # of its own: the cases below stay as they are
    steps = rng.integers(-1, 2, (6, 12, 12, 3)) * (np.arange(12) * 9 // 11)[:, None, None]
    steps[:, :, :3] = 0
    photos = (rng.integers(60, 190, (12, 12, 3)) + steps.cumsum(axis=0)).astype(np.uint8)
    files = {"masks": vectors.save("smoothing_masks", masks), "photos": vectors.save("smoothing_photos", photos)}
    for ratio, hold in ((RATIO, HOLD), (0.5, HOLD), (RATIO, 0.0), (0.0, 0.0)):
        smoother = TemporalSmoother(ratio, hold)
        smoothed = np.stack([smoother(*pair) for pair in zip(masks, photos, strict=True)])
        vectors.add(f"smoothing_{ratio}_{hold}", "smooth", files, {"ratio": ratio, "hold": hold}, smoothed)


def add_composition(vectors):
    """A person over a scene, over another picture, over the blurred background, and cut out."""
    height, width = 61, 86
    photo, alpha = vectors.picture(height, width), vectors.alpha(height, width)
    scene = vectors.picture(height, width).astype(np.float32)
    scene[::2] *= 0.99  # a blurred scene is no whole numbers
    files = {"rgb": vectors.save("scene_rgb", photo), "alpha": vectors.save("scene_alpha", alpha)}
    over = compose.over(photo, alpha, scene)
    vectors.add("over", "over", {**files, "scene": vectors.save("scene_scene", scene)}, {}, over)
    color = (20, 140, 250)
    plain = compose.over(photo, alpha, np.broadcast_to(np.float32(color), photo.shape))
    vectors.add("over_color", "over_color", files, {"color": color}, plain)
    vectors.add("cutout", "cutout", files, {}, compose.cutout(photo, alpha))
    for kind, (rows, columns), tolerance in (
        ("small", (40, 30), LINEAR),
        ("large", (130, 190), AREA),
        ("same", (61, 86), EXACT),
    ):
        background = vectors.picture(rows, columns)
        inputs = {**files, "background": vectors.save(f"background_{kind}", background)}
        replaced = compose.replace(photo, alpha, background)
        vectors.add(f"replace_{kind}", "replace", inputs, {}, replaced, tolerance)
    for radius in (2, 6, 15, 40):
        blurred = compose.blur(photo, alpha, radius)
        vectors.add(f"blur_{radius}", "blur", files, {"radius": radius}, blurred, BLURRED)
    add_halo(vectors)


def add_halo(vectors):
    """A red person in a blue room: blurring the room must not smear red into it."""
    alpha = np.zeros((48, 48), np.float32)
    alpha[12:36, 12:36] = 1
    photo = np.where(alpha[..., None] > 0, (220, 20, 20), (20, 20, 220)).astype(np.uint8)
    files = {"rgb": vectors.save("halo_rgb", photo), "alpha": vectors.save("halo_alpha", alpha)}
    vectors.add("blur_halo", "blur", files, {"radius": 12}, compose.blur(photo, alpha, 12), BLURRED)


def add_yuv(vectors):
    """Camera frames in every layout; y, u and v are the bytes of each plane as its buffer holds them."""
    layouts = {  # name: row padding of luma and chroma, pixel stride of chroma, its order in memory
        "planar": (0, 0, 1, "uv"),
        "planar_padded": (6, 3, 1, "uv"),
        "nv12": (0, 0, 2, "uv"),
        "nv21_padded": (8, 8, 2, "vu"),
    }
    for size, (height, width) in {"even": (18, 26), "odd": (17, 25)}.items():
        y = vectors.rng.integers(0, 256, (height, width), np.uint8)
        u, v = vectors.rng.integers(0, 256, (2, (height + 1) // 2, (width + 1) // 2), np.uint8)
        for layout, (luma_pad, chroma_pad, step, order) in layouts.items():
            luma_stride, chroma_stride = width + luma_pad, step * u.shape[1] + chroma_pad
            samples = (
                _buffer(vectors, [y], luma_stride),
                *_chroma(vectors, u, v, chroma_stride, step, order),
            )
            inputs = {
                name: vectors.save(f"yuv_{size}_{layout}_{name}", data)
                for name, data in zip("yuv", samples, strict=True)
            }
            strides = {"y_row": luma_stride, "chroma_row": chroma_stride, "chroma_pixel": step}
            turns = [(0, False, True), (0, False, False)]
            if layout == "nv21_padded":
                turns += [(turn, mirror, True) for turn in (0, 90, 180, 270) for mirror in (False, True)][1:]
            for turn, mirror, full in turns:
                parameters = {"width": width, "height": height, **strides, "full_range": full}
                rgb = yuv_to_rgb(
                    plane(samples[0], height, width, luma_stride),
                    *(plane(data, *u.shape, chroma_stride, step) for data in samples[1:]),
                    full,
                )
                name = f"yuv_{size}_{layout}_{'full' if full else 'limited'}_{turn}{'_mirrored' if mirror else ''}"
                parameters |= {"turn": turn, "mirror": mirror}
                vectors.add(name, "yuv_to_rgb", inputs, parameters, upright(rgb, turn, mirror))


def _buffer(vectors, planes, row_stride):
    """Planes interleaved into rows of a stride, the padding filled with noise, the last row cut at its last sample."""
    samples = np.stack(planes, axis=-1).reshape(planes[0].shape[0], -1)
    rows = vectors.rng.integers(0, 256, (samples.shape[0], row_stride), np.uint8)
    rows[:, : samples.shape[1]] = samples
    return rows.reshape(-1)[: (samples.shape[0] - 1) * row_stride + samples.shape[1]]


def _chroma(vectors, u, v, row_stride, step, order):
    """The buffers of U and V; interleaved, they are one memory that the second enters a byte later."""
    if step == 1:
        return _buffer(vectors, [u], row_stride), _buffer(vectors, [v], row_stride)
    memory = _buffer(vectors, [u, v] if order == "uv" else [v, u], row_stride)
    first, second = memory[:-1], memory[1:]
    return (first, second) if order == "uv" else (second, first)


def add_models(vectors):
    """Two files of a tiny network with their contract and golden output, and a photo through each of them."""
    from vectors.tiny_export import write_export  # Keras and TensorFlow only here

    names = write_export(vectors.folder / "model")
    photo = vectors.picture(70, 50)
    file = vectors.save("model_photo", photo)
    for name in names:
        model = TFLiteModel(vectors.folder / "model" / name)
        probability = model.probability(fit_photo(photo, model.shape[0], "letterbox"))
        tolerance = {"max": 1 / 256, "share": 0.01} if "int8" in name else {"max": 1e-5, "share": 1}
        parameters = {"model": f"model/{name}"}
        vectors.add(f"model_{Path(name).stem}", "segment", {"photo": file}, parameters, probability, tolerance)


def main(folder):
    vectors = Vectors(folder)
    for add in (add_fits, add_resizes, add_smoothing, add_composition, add_yuv, add_models):
        add(vectors)
    lines = ",\n".join(json.dumps(case) for case in vectors.cases)
    (vectors.folder / "index.json").write_text(f'{{"version": 1, "cases": [\n{lines}\n]}}\n')
    print(f"{len(vectors.cases)} cases in {vectors.folder}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else HERE)
