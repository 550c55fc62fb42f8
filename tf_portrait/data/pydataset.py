"""The same batches without TensorFlow, for the other backends of Keras."""

import keras

from tf_portrait.data.batches import Batches
from tf_portrait.data.workers import worker_count


class TwoViewDataset(keras.utils.PyDataset):
    """One epoch of ({"image", "view2"}, {"mask", "boundary"}), see Batches.batch."""

    def __init__(self, batches: Batches, epoch: int, workers: int | None = None):
        workers = workers or worker_count()
        # The queue holds what is being made too: a shorter one leaves workers idle.
        super().__init__(workers=workers, use_multiprocessing=False, max_queue_size=workers + 2)
        self._batches, self._first = batches, epoch * batches.steps

    def __len__(self):
        return self._batches.steps

    def __getitem__(self, index):
        batch = self._batches.batch(self._first + index)
        return {key: batch[key] for key in ("image", "view2")}, {key: batch[key] for key in ("mask", "boundary")}
