"""Batches of two views: a pure function of the step, so that any worker on any backend makes the same ones."""

import cv2
import numpy as np

from tf_portrait.data.augmentation import PAPER
from tf_portrait.data.degrade import degrade
from tf_portrait.data.geometry import deformation, warp
from tf_portrait.data.nobody import nobody, random_crop
from tf_portrait.data.targets import boundary_target
from tf_portrait.data.texture import change_texture


class Batches:
    """Two-view batches of a source.

    source: has a length; source[i] is (photo (H, W, 3) uint8 RGB, mask (H, W) uint8).
    weights: how often each item is drawn, relative to the others; None walks through all in a new order each epoch.
    backgrounds: like source, without masks; used where augmentation.background > 0.
    steps: batches in an epoch; None covers the source once.
    """

    def __init__(
        self, source, size, batch, augmentation=PAPER, fit="stretch", boundary="canny", seed=0, steps=None,
        weights=None, backgrounds=None,
    ):  # fmt: skip
        self.source, self.size, self.batch_size = source, size, batch
        self.augmentation, self.fit, self.boundary, self.seed = augmentation, fit, boundary, seed
        self.steps = steps or max(1, len(source) // batch)
        self.weights = None if weights is None else np.asarray(weights, float) / np.sum(weights)
        self.backgrounds = backgrounds
        cv2.setNumThreads(1)  # the workers are the parallelism

    def batch(self, step):
        """Batch number `step`, counted from the start of training.

        Returns {"image", "view2"}: (B, S, S, 3) uint8 RGB, {"mask", "boundary"}: (B, S, S) float32 in 0..1.
        """
        epoch, inside = divmod(int(step), self.steps)
        picks = self._order(epoch)[inside * self.batch_size : (inside + 1) * self.batch_size]
        samples = [
            self._sample(int(pick), np.random.default_rng((self.seed, epoch, inside, slot)))
            for slot, pick in enumerate(picks)
        ]
        return {key: np.stack([sample[key] for sample in samples]) for key in samples[0]}

    def _order(self, epoch):
        rng = np.random.default_rng((self.seed, epoch))
        count, wanted = len(self.source), self.steps * self.batch_size
        if self.weights is not None:
            return rng.choice(count, wanted, p=self.weights)
        return np.concatenate([rng.permutation(count) for _ in range(-(-wanted // count))])

    def _sample(self, index, rng):
        if self.augmentation.nobody and rng.random() < self.augmentation.nobody:
            image = nobody(rng, self.size, self.backgrounds)
            mask = np.zeros((self.size, self.size), np.uint8)
        else:
            photo, mask = self.source[index]
            matrix = deformation(rng, *mask.shape, self.size, self.fit, self.augmentation)
            image, mask = warp(photo, matrix, self.size), warp(mask, matrix, self.size, border=0)
        if self.backgrounds is not None and rng.random() < self.augmentation.background:
            image = replace_background(rng, image, mask, self.backgrounds)
        view2 = change_texture(rng, image, self.augmentation)
        if self.augmentation.degrade:
            view2 = degrade(rng, view2, self.augmentation.degrade)
        return {
            "image": image,
            "view2": view2,
            "mask": mask.astype(np.float32) / 255.0,
            "boundary": boundary_target(mask, self.boundary).astype(np.float32),
        }


def replace_background(rng, image, mask, backgrounds):
    """A random crop of a random background behind the person. image: (S, S, 3), mask: (S, S), uint8."""
    scene = random_crop(rng, backgrounds, image.shape[0])
    alpha = mask[..., None].astype(np.float32) / 255.0
    return (scene + (image.astype(np.float32) - scene) * alpha + 0.5).astype(np.uint8)
