"""The tf.data pipeline: the batches of one epoch, made in parallel and ahead of time, in order."""

import tensorflow as tf

from tf_portrait.data.batches import Batches
from tf_portrait.data.workers import worker_count

PARALLEL_BATCHES = worker_count()
PREFETCH = 2


def two_view_dataset(batches: Batches, epoch: int):
    """tf.data.Dataset of one epoch: ({"image", "view2"}, {"mask", "boundary"}), see Batches.batch."""
    size = batches.size
    kinds = {"image": tf.uint8, "view2": tf.uint8, "mask": tf.float32, "boundary": tf.float32}

    def load(step):
        arrays = tf.numpy_function(
            lambda s: tuple(batches.batch(s)[key] for key in kinds), [step], list(kinds.values())
        )
        for key, array in zip(kinds, arrays, strict=True):
            channels = [batches.channels] if key in ("image", "view2") else []
            array.set_shape([batches.batch_size, size, size, *channels])
        image, view2, mask, boundary = arrays
        return {"image": image, "view2": view2}, {"mask": mask, "boundary": boundary}

    first = epoch * batches.steps
    steps = tf.data.Dataset.range(first, first + batches.steps)
    dataset = steps.map(load, num_parallel_calls=PARALLEL_BATCHES, deterministic=True).prefetch(PREFETCH)
    options = tf.data.Options()
    # There is nothing to tune, and the end of an epoch waits for the tuner's next look: every minute, in a long one.
    options.autotune.enabled = False
    return dataset.with_options(options)
