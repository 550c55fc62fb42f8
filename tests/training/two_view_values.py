"""Prints what one training step of the two-view model does; run under several backends by test_two_view."""

import json

import keras
import numpy as np

import tf_portrait as tp
from tf_portrait.backend import jit_compile
from tf_portrait.losses import OBJECTIVES
from tf_portrait.training.two_view import TwoView


def main():
    rng = np.random.default_rng(0)
    network = tp.build("portraitnet", size=32, width=0.25)
    network.set_weights(
        [
            np.abs(rng.normal(0, 0.3, w.shape)) + 0.5 if "variance" in w.path else rng.normal(0, 0.3, w.shape)
            for w in network.weights
        ]
    )
    trainer = TwoView(network, OBJECTIVES["full"], l2=1e-3, ema=0.9)
    trainer.compile(optimizer=keras.optimizers.SGD(0.01), jit_compile=jit_compile())
    images = {key: rng.integers(0, 256, (2, 32, 32, 3)).astype("uint8") for key in ("image", "view2")}
    targets = {key: rng.integers(0, 2, (2, 32, 32)).astype("float32") for key in ("mask", "boundary")}
    history = trainer.fit(images, targets, batch_size=2, epochs=1, shuffle=False, verbose=0).history
    weights = {weight.path: float(np.abs(keras.ops.convert_to_numpy(weight)).sum()) for weight in network.weights}
    averages = [float(np.abs(value).sum()) for value in trainer.final_weights()]
    logs = {key: float(value[0]) for key, value in history.items()}
    print(json.dumps({"backend": keras.backend.backend(), "logs": logs, "weights": weights, "averages": averages}))


if __name__ == "__main__":
    main()
