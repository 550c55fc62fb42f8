"""A tiny export for the vectors: what quantize_export.py writes, of a network of three layers."""

import json
from pathlib import Path

import keras
import numpy as np
from keras import layers

from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.data.previous_mask import with_priors
from tf_portrait.exporting.contract import contract_of
from tf_portrait.exporting.golden import write_golden
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.measure import Judge, measure
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.exporting.tflite.metadata import add_metadata
from tf_portrait.inference.segmenter import CONTRACT
from tf_portrait.models.archive import weights_hash

SIZE, NAME = 32, "tiny"


def network(prior=False):
    """Normalized BGR (B, 32, 32, 3), with a prior 4 -> {"mask": logits (B, 32, 32, 2)}: random, sure of itself."""
    image = keras.Input((SIZE, SIZE, 4 if prior else 3), name="image")
    x = layers.Conv2D(4, 3, 2, "same", activation="relu", name="stem")(image)
    x = layers.UpSampling2D(2, interpolation="bilinear", name="up")(x)
    model = keras.Model(image, {"mask": layers.Conv2D(2, 3, padding="same", name="mask")(x)})
    rng = np.random.default_rng(5)
    for layer in (model.get_layer("stem"), model.get_layer("mask")):
        kernel, bias = layer.get_weights()
        layer.set_weights([rng.normal(0, 0.5, kernel.shape), rng.normal(0, 0.1, bias.shape)])
    return model


def write_export(folder, prior=False):
    """Writes the files, the contract and golden/. Returns the files' names."""
    model = network(prior)
    deployed, photos = deploy(model), SyntheticPortraits(4, SIZE)
    calibration = np.stack([photo for photo, _ in photos])
    if prior:
        calibration = with_priors(calibration, [mask for _, mask in photos], "letterbox")
    calibration = [photo[None].astype(np.float32) for photo in calibration]
    contents = {"float32": convert_float(deployed), "int8": convert_ptq(deployed, calibration)}
    folder.mkdir(parents=True, exist_ok=True)
    judge = Judge(photos, deployed, "letterbox", 0.5)
    facts = {}
    for kind, content in contents.items():
        path = folder / f"{NAME}_{kind}.tflite"
        path.write_bytes(content if prior else add_metadata(content, "tiny network of the golden vectors"))
        facts[path.name] = measure(path, judge)
    card = {"network": NAME, "recipe": None, "weights_sha256": weights_hash(model)}
    card |= {"size": SIZE, "fit": "letterbox", "threshold": 0.5, "options": {"prior": prior}}
    contract = write_golden(folder, contract_of(card, Path(folder), facts))
    (folder / CONTRACT).write_text(json.dumps(contract, indent=1))
    return list(facts)
