import keras
import numpy as np
from keras import layers

from tf_portrait.exporting.int8.ranges import calibrate


def test_nested_concatenations_share_one_range():
    """b = [a, x], c = [b, y]: c's range has to reach a and x, through b; and d = [x, z] joins what shares x."""
    rgb = keras.Input((8, 8, 3), batch_size=1, name="rgb")
    parts = {name: layers.Conv2D(2, 1, name=name)(rgb) for name in ("a", "x", "y", "z")}
    b = layers.Concatenate(name="b")([parts["a"], parts["x"]])
    c = layers.Concatenate(name="c")([b, parts["y"]])
    d = layers.Concatenate(name="d")([parts["x"], parts["z"]])
    mask = layers.Conv2D(1, 1, name="mask")(layers.Concatenate(name="e")([c, d]))
    model = keras.Model(rgb, layers.Activation("sigmoid", name="alpha")(mask))
    for scale, name in enumerate(("a", "x", "y", "z"), start=1):
        kernel, bias = model.get_layer(name).get_weights()
        model.get_layer(name).set_weights([scale * np.ones_like(kernel) * (-1) ** scale, bias])
    ranges = calibrate(model, [np.random.default_rng(0).uniform(0, 255, (1, 8, 8, 3)).astype("float32")])
    shared = {ranges[name] for name in ("a", "x", "y", "z", "b", "c", "d", "e")}
    assert len(shared) == 1 and min(shared)[0] < 0 < max(shared)[1]
