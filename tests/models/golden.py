"""The golden vectors of the baselines: weights from a rule, and what the authors' code made of an input with them."""

import numpy as np


def official_weights(golden):
    """{parameter name: array} by the rule "frozen-uniform-v1", whose stream NumPy has frozen."""
    assert golden["rule"] == "frozen-uniform-v1"
    arrays, gain = {}, float(golden["gain"])
    for index, (name, kind, text) in enumerate(zip(golden["names"], golden["kinds"], golden["shapes"], strict=True)):
        shape = tuple(map(int, str(text).split(",")))
        seed = (int(golden["seed"]) * 1_000_003 + index) % 2**32
        u = np.random.RandomState(seed).random_sample(shape)
        if kind == "conv":
            value = (2 * u - 1) * np.sqrt(3 * gain / np.prod(shape[1:]))
        elif kind == "tconv":
            value = (2 * u - 1) * np.sqrt(3 * gain / (shape[0] * shape[2] * shape[3] / 4))
        else:
            value = {
                "gamma": 0.5 + u,
                "var": 0.5 + u,
                "beta": 0.4 * (u - 0.5),
                "mean": 0.4 * (u - 0.5),
                "bias": 0.2 * (u - 0.5),
                "slope": 0.1 + 0.3 * u,
            }[str(kind)]
        arrays[str(name)] = value.astype("float32")
    return arrays


def expected_logits(golden):
    """(B, H, W, K) of the whole network."""
    (key,) = [key for key in golden if key.startswith("logits") and key.endswith("_nchw")]
    return golden[key].transpose(0, 2, 3, 1)
