"""Short videos with known masks: drawn portraits that move, labelled photos that are moved, clips with a teacher."""

import dataclasses
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from tf_portrait.data.drawn.person import draw_person
from tf_portrait.data.drawn.scene import draw_scene
from tf_portrait.data.drawn.shapes import SKIN_TONES, blob, fill, line, random_color
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.picks import spread
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.inference.reader import Picture, VideoFile

FRAMES, SIZE = 24, 256
NOISE = 1.5  # gray levels of a camera's noise, in every frame anew
DASH = 8, 12  # frames between which the person of "dash" is on the way


@dataclasses.dataclass(frozen=True)
class Sequence:
    """name, group: for tables. frames: (H, W, 3) uint8 each. masks: (H, W) uint8 each.

    settles: the first frame after a fast motion, from which on nothing moves; None without one. exact: False where the
    masks are a teacher's, which change by themselves.
    """

    name: str
    group: str
    frames: list
    masks: list
    settles: int | None = None
    exact: bool = True

    @property
    def truths(self):
        """The masks where they are exact, for flicker_index; else None."""
        return self.masks if self.exact else None


def check_request(clips, teacher, people, photos, frames):
    """Raises PortraitError, before anything runs, for what sequences_of cannot do."""
    for path in clips:
        if not Path(path).is_file():
            raise PortraitError(f"{path}: no such file")
    if clips and not teacher:
        raise PortraitError(f"--video {clips[0]}: whose masks are true there? Add --teacher MODEL, e.g. portraitnet")
    for name, value, least in (("videos", people, 0), ("photos", photos, 0), ("frames", frames, 2)):
        if value < least:
            raise PortraitError(f"--{name} {value}: must be {least} or more")


def sequences_of(people, data=None, photos=0, clips=(), teacher=None, frames=120):
    """Yields drawn sequences of `people` persons, those of `photos` photos of a folder `data`, and the clips.

    clips: video files, their masks by teacher, a Segmenter. Raises PortraitError for what cannot be read.
    """
    for seed in range(people):
        for kind in KINDS:
            yield drawn(kind, seed)
    pairs = list_pairs(data).pairs if data else []
    for number, pick in enumerate(spread(len(pairs), min(photos, len(pairs)))):
        photo, mask = read_pair(pairs[int(pick)])
        person = mask if mask.ndim == 2 else mask[..., 0]
        for moves in (False, True):
            yield moved_photo(photo, person, f"photo {number}{' moved' if moves else ''}", number, moves)
    for path in clips:
        yield clip(Path(path), teacher, frames)


def drawn(kind, seed, count=FRAMES, size=SIZE):
    """A drawn person in a drawn scene, one of KINDS; the same seed is the same person."""
    frames, masks = [], []
    scene = draw_scene(np.random.default_rng((seed, 0)), size)
    for index in range(count):
        time = index / count
        if kind == "cut" and count // 2 - 2 <= index < count // 2:
            image, mask = np.zeros((size, size, 3), np.uint8), np.zeros((size, size), np.uint8)
        else:
            other = int(kind == "cut" and index >= count // 2)
            if other and index == count // 2:
                scene = draw_scene(np.random.default_rng((seed, 2)), size)
            image, mask = scene.copy(), np.zeros((size, size), np.uint8)
            draw_person(np.random.default_rng((seed, 1 + 2 * other)), image, mask, _center(kind, index, time), 0.2)
        image, mask = KINDS[kind](image, mask, time, np.random.default_rng((seed, 5)), index)
        frames.append(_noisy(image, (seed, 9, index)))
        masks.append(mask)
    return Sequence(f"{kind} {seed}", f"drawn: {kind}", frames, masks, DASH[1] if kind == "dash" else None)


def moved_photo(photo, mask, name, seed, moves=True, count=FRAMES):
    """A labelled photo under a moving camera, its mask by the same warps. moves: False is noise and light alone."""
    rng, frames, masks = np.random.default_rng(seed), [], []
    height, width = mask.shape[:2]
    speed = rng.uniform(0.5, 1.0, 4) * rng.choice((-1, 1), 4)
    for index in range(count):
        swing = np.sin(2 * np.pi * index / count * np.array([1, 1, 2, 1])) * speed * bool(moves)
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 6 * swing[2], 1 + 0.08 * swing[3])
        matrix[:, 2] += swing[:2] * (0.06 * width, 0.06 * height)
        gain = 1 + 0.15 * np.sin(2 * np.pi * index / count) * (not moves)
        warped = [
            cv2.warpAffine(part, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
            for part in (photo, mask)
        ]
        frames.append(_noisy(cv2.convertScaleAbs(warped[0], alpha=gain), (seed, index)))
        masks.append(warped[1])
    return Sequence(name, f"photos: {'moved' if moves else 'still, light changes'}", frames, masks)


def clip(path, teacher, limit):
    """The first `limit` frames of a video, the masks a teacher's: a Segmenter, frame by frame."""
    reader = VideoFile(path)
    try:
        pictures = (item.rgb for item in reader if isinstance(item, Picture))
        frames = list(islice(pictures, limit))
    finally:
        reader.close()
    masks = [np.uint8(255) * (teacher(frame) > teacher.threshold) for frame in frames]
    return Sequence(path.name, f"clip: {path.stem}", frames, masks, exact=False)


def _center(kind, index, time):
    """Of the head, as parts of the size."""
    if kind == "sway":
        return 0.5 + 0.12 * np.sin(2 * np.pi * time), 0.4 + 0.03 * np.sin(4 * np.pi * time)
    if kind == "dash":
        return 0.3 + 0.4 * np.clip((index - DASH[0] + 1) / (DASH[1] - DASH[0]), 0, 1), 0.4
    return 0.5, 0.4


def _still(image, mask, time, rng, index):
    return image, mask


def _light(image, mask, time, rng, index):
    """Brighter and darker, and at half time a lamp is switched on."""
    gain = 0.75 + 0.25 * np.sin(2 * np.pi * time) + 0.3 * (time >= 0.5)
    tint = np.array([1.0, 0.97, 0.9]) if time >= 0.5 else np.ones(3)
    return np.clip(image * (gain * tint), 0, 255).astype(np.uint8), mask


def _wave(image, mask, time, rng, index):
    """A forearm beside the head, its hand to and fro."""
    size, skin = image.shape[0], SKIN_TONES[rng.integers(len(SKIN_TONES))]
    angle = 0.5 * np.sin(6 * np.pi * time) - 0.3
    elbow = np.array([0.82, 0.98])
    hand = elbow + 0.42 * np.array([np.sin(angle), -np.cos(angle)])
    line(image, mask, size * np.array([elbow, hand]), skin, 0.075 * size)
    fill(image, mask, blob(*(size * hand), 0.055 * size, 0.07 * size), skin)
    return image, mask


def _occlusion(image, mask, time, rng, index):
    """A box that is carried through the picture, in front of the person."""
    size, color = image.shape[0], random_color(rng)
    left = (1.6 * time - 0.3) * size
    corners = np.array([[left, 0.45 * size], [left + 0.28 * size, 0.45 * size], [left + 0.28 * size, size]])
    outline = np.vstack([corners, [left, size]])
    fill(image, None, outline, color)
    stamp = np.zeros_like(mask)
    fill(stamp, None, outline, (255,))
    return image, np.minimum(mask, 255 - stamp)


def _shake(image, mask, time, rng, index):
    """A hand that is not steady holds the camera."""
    size, drawn = image.shape[0], np.random.default_rng((int(rng.integers(2**31)), index))
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), drawn.normal(0, 0.7), 1.06)
    matrix[:, 2] += drawn.normal(0, 0.008 * size, 2)
    return tuple(
        cv2.warpAffine(part, matrix, (size, size), borderMode=cv2.BORDER_REFLECT_101) for part in (image, mask)
    )


# name: what happens to a frame and its mask; who moves is in _center
KINDS = {
    "still": _still,
    "sway": _still,
    "dash": _still,
    "cut": _still,
    "light": _light,
    "wave": _wave,
    "occlusion": _occlusion,
    "shake": _shake,
}


def _noisy(image, seed):
    noise = np.random.default_rng(seed).normal(0, NOISE, image.shape)
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
