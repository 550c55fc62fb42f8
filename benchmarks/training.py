"""Speed and memory of data and training, as ratios within one run; use a machine that does nothing else.

python benchmarks/training.py
"""

import dataclasses
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import keras
import tensorflow as tf

import tf_portrait as tp
from tf_portrait.data.batches import Batches
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.pipeline import two_view_dataset
from tf_portrait.data.store import Cached
from tf_portrait.models.normalize import normalize
from tf_portrait.training.fused import with_fused_batch_norm
from tf_portrait.training.loop import compile_trainer
from tf_portrait.training.recipes import get_recipe

SIZE, BATCH = 224, 16
RECIPE = dataclasses.replace(get_recipe("photos"), size=SIZE, batch=BATCH, steps=None)


class StepTimes(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds, self._last = [], None

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if self._last is not None:
            self.seconds.append(now - self._last)
        self._last = now


def cpu_rate(count, work):
    started = time.process_time()
    work()
    return count / (time.process_time() - started)


def augmentation():
    source = Cached(SyntheticPortraits(32, 512))
    batches = Batches(source, RECIPE)
    for index in range(32):
        source[index]
    rate = cpu_rate(20 * BATCH, lambda: [batches.batch(step) for step in range(20)])
    print(f"augmentation from 512 px sources   {rate:8.0f} two-view samples per CPU second")
    portraits = SyntheticPortraits(200, SIZE)
    rate = cpu_rate(200, lambda: [portraits[i] for i in range(200)])
    print(f"synthetic portraits at {SIZE}         {rate:8.0f} per CPU second")
    return source


def steps(source):
    """The fastest step of Keras' fit with and without the pipeline, and of the bare network."""
    plain = compile_trainer(tp.build("portraitnet", size=None), RECIPE, 0, 100)
    trainer = compile_trainer(with_fused_batch_norm(tp.build("portraitnet", size=None)), RECIPE, 0, 100)
    batches = Batches(source, dataclasses.replace(RECIPE, steps=12))
    ((inputs, targets),) = two_view_dataset(batches, 0).take(1)
    memory = tf.data.Dataset.from_tensors((inputs, targets)).repeat(12)

    @tf.function(jit_compile=False)
    def bare():
        with tf.GradientTape() as tape:
            first, second = (trainer.network(normalize(inputs[key]), training=True) for key in ("image", "view2"))
            loss = RECIPE.objective(first, second, targets["mask"], targets["boundary"])["total"]
        # The norm keeps every gradient alive in the graph.
        return tf.linalg.global_norm(tape.gradient(loss, trainer.network.trainable_variables))

    def fit(dataset, model=trainer):
        times = StepTimes()
        model.fit(dataset, verbose=0, callbacks=[times], shuffle=False)
        return times.seconds

    def repeat_bare():
        seconds = []
        for _ in range(12):
            started = time.perf_counter()
            bare().numpy()
            seconds.append(time.perf_counter() - started)
        return seconds

    fit(memory), fit(memory, plain), repeat_bare()
    rows = {"bare": [], "memory": [], "pipeline": [], "plain": []}
    for _ in range(3):  # interleaved, so that a slow minute hits all of them
        rows["bare"] += repeat_bare()
        rows["memory"] += fit(memory)
        rows["pipeline"] += fit(two_view_dataset(batches, 0))
        rows["plain"] += fit(memory, plain)
    bare_s, memory_s, pipeline_s, plain_s = (min(rows[name]) for name in rows)
    print(f"step at {SIZE}, batch {BATCH}: forward and backward of the bare network {bare_s:.3f} s,")
    print(f"  whole training step  {memory_s / bare_s:.3f} x that, {BATCH / memory_s:.1f} two-view samples a second")
    print(f"  with Keras' own BatchNorms {plain_s / memory_s:.3f} x the step with fused ones")
    print(f"  with the pipeline    {pipeline_s / memory_s:.3f} x the step on a batch in memory")


def memory_over_epochs(source):
    trainer = compile_trainer(tp.build("portraitnet", size=None, width=0.25), RECIPE, 0, 100)
    batches = Batches(source, dataclasses.replace(RECIPE, steps=20), size=64)
    peaks = []
    for epoch in range(12):
        trainer.fit(two_view_dataset(batches, epoch), verbose=0, shuffle=False)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"peak memory after epochs 2, 6, 12  {peaks[1]:.0f}, {peaks[5]:.0f}, {peaks[11]:.0f} MiB")


def listing():
    with tempfile.TemporaryDirectory() as folder:
        for name, suffix in (("images", "jpg"), ("masks", "png")):
            (Path(folder) / name).mkdir()
            for index in range(100_000):
                (Path(folder) / name / f"{index:06d}.{suffix}").touch()
        started = time.perf_counter()
        count = len(list_pairs(folder).pairs)
        print(f"listing {count} photos             {time.perf_counter() - started:8.2f} s")


if __name__ == "__main__":
    sources = augmentation()
    steps(sources)
    memory_over_epochs(sources)
    listing()
