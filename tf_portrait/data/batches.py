"""Batches of two views: a pure function of the step, so that any worker on any backend makes the same ones."""

import contextlib
import threading
import time

import cv2
import numpy as np

from tf_portrait.data.degrade import degrade
from tf_portrait.data.geometry import deformation, warp
from tf_portrait.data.nobody import background_crop, frame_without_person
from tf_portrait.data.permutation import permuted
from tf_portrait.data.previous_mask import previous_mask
from tf_portrait.data.targets import boundary_target
from tf_portrait.data.texture import change_texture


class Batches:
    """Two-view batches of a source.

    source: has a length; source[i] is (photo (H, W, 3) uint8 RGB, mask (H, W[, 2]) uint8, see data/masks.py).
    recipe: its size, batch, augmentation, fit, boundary, prior, seed and steps (batches in an epoch; None covers the
    source once) are looked at. size: in place of the recipe's.
    weights: how often each item is drawn, relative to the others; None walks through all in a new order each epoch,
    in constant time and memory, however many there are.
    backgrounds: like source, without masks; used where augmentation.background > 0 or augmentation.nobody > 0.
    slots: the places in each batch that are made here, None for all; each of several processes makes its own.
    """

    def __init__(self, source, recipe, size=None, weights=None, backgrounds=None, slots=None):
        self.source, self.size, self.batch_size = source, size or recipe.size, recipe.batch
        self.augmentation, self.fit, self.boundary = recipe.augmentation, recipe.fit, recipe.boundary
        self.channels = 4 if recipe.prior else 3
        self.seed, self.steps = recipe.seed, recipe.steps or max(1, len(source) // recipe.batch)
        self.ends = None if weights is None else np.cumsum(weights, dtype=float)
        self.backgrounds = backgrounds
        self.slots = range(recipe.batch) if slots is None else slots
        self.made = {}  # step -> when its batch was ready; who looks at it takes it out

    def batch(self, step):
        """Batch number `step`, counted from the start of training.

        Returns {"image", "view2"}: (B, S, S, channels) uint8, RGB and, with a prior, the previous mask, the same in
        both; {"mask", "boundary"}: (B, S, S) float32 in 0..1, -1 where a pixel is to be ignored; B is the number of
        slots.
        """
        with one_opencv_thread():
            samples = [self._sample(*divmod(int(step), self.steps), slot) for slot in self.slots]
        batch = {key: np.stack([sample[key] for sample in samples]) for key in samples[0]}
        self.made[int(step)] = time.perf_counter()
        return batch

    def _item(self, epoch, place, rng):
        """The item at a place of an epoch. Of n that have weights, it is found in log2(n) steps."""
        if self.ends is not None:
            return int(np.searchsorted(self.ends, rng.random() * self.ends[-1], side="right"))
        lap, index = divmod(place, len(self.source))  # steps may ask for more than there are
        return permuted(index, len(self.source), (self.seed, epoch, lap))

    def _sample(self, epoch, inside, slot):
        rng = np.random.default_rng((self.seed, epoch, inside, slot))
        index = self._item(epoch, inside * self.batch_size + slot, rng)
        if self.augmentation.nobody and rng.random() < self.augmentation.nobody:
            image, mask = frame_without_person(rng, self.size, self.backgrounds), None
        else:
            image, mask = self._deformed(rng, *self.source[index])
        target, boundary = self._targets(mask)
        if mask is not None and self.backgrounds is not None and rng.random() < self.augmentation.background:
            image = replace_background(rng, image, target, self.backgrounds)
        view2 = change_texture(rng, image, self.augmentation)
        if self.augmentation.degrade:
            view2 = degrade(rng, view2, self.augmentation.degrade)
        if self.channels == 4:
            prior = previous_mask(rng, target, lambda: self._another(rng), self.augmentation)
            image, view2 = np.dstack([image, prior]), np.dstack([view2, prior])
        return {"image": image, "view2": view2, "mask": target, "boundary": boundary}

    def _deformed(self, rng, photo, mask):
        """Photo and mask at the network's size; outside of the photo there is nobody, and that counts."""
        matrix = deformation(rng, *mask.shape[:2], self.size, self.fit, self.augmentation)
        return warp(photo, matrix, self.size), warp(mask, matrix, self.size, border=(0, 255, 0))

    def _another(self, rng):
        """The mask (S, S) uint8 of any photo."""
        mask = self._deformed(rng, *self.source[int(rng.integers(len(self.source)))])[1]
        return mask if mask.ndim == 2 else np.ascontiguousarray(mask[..., 0])

    def _targets(self, mask):
        """Mask and boundary as float32, (S, S); None is nobody."""
        if mask is None:
            return np.zeros((2, self.size, self.size), np.float32)
        person = mask if mask.ndim == 2 else np.ascontiguousarray(mask[..., 0])
        targets = person.astype(np.float32) / 255.0, boundary_target(person, self.boundary).astype(np.float32)
        if mask.ndim == 3:
            ignored = mask[..., 1] < 255  # what was blended with an ignored pixel is ignored too
            targets = tuple(np.where(ignored, np.float32(-1), target) for target in targets)
        return targets


def replace_background(rng, image, mask, backgrounds):
    """A random crop of a random background behind the person.

    image: (S, S, 3) uint8. mask: (S, S) float, 0..1; where it is -1 (ignored), the photo stays.
    """
    scene = background_crop(rng, image.shape[0], backgrounds)
    alpha = np.abs(mask)[..., None]
    return (scene + (image.astype(np.float32) - scene) * alpha + 0.5).astype(np.uint8)


_threads = {"inside": 0, "before": 0, "lock": threading.Lock()}


@contextlib.contextmanager
def one_opencv_thread():
    """OpenCV on one thread while any worker is inside (the workers are the parallelism), as it was afterwards."""
    with _threads["lock"]:
        if not _threads["inside"]:
            _threads["before"] = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _threads["inside"] += 1
    try:
        yield
    finally:
        with _threads["lock"]:
            _threads["inside"] -= 1
            if not _threads["inside"]:
                cv2.setNumThreads(_threads["before"])
