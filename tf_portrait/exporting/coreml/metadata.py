"""What a Core ML file says of itself: to Xcode, to an app, and to the contract beside it."""

import json

from tf_portrait.exporting.coreml.convert import load_coremltools
from tf_portrait.inference.smoothing import RATIO

LICENSE = "Apache License 2.0"
# First iOS that loads a specification version; from MLModel's documentation.
FIRST_IOS = {1: 11, 2: 11, 3: 12, 4: 13, 5: 14, 6: 15, 7: 16, 8: 17, 9: 18, 10: 26}


def add_metadata(model, card):
    """Description, license, fit, threshold and smoothing into a coremltools MLModel. card: of the network."""
    model.short_description = f"{card['network']}: portrait segmentation, RGB image in, gray image of the person out"
    model.license = LICENSE
    facts = {"fit": card["fit"], "threshold": card["threshold"], "smoothing_ratio": RATIO}
    model.user_defined_metadata.update({f"tf_portrait.{name}": json.dumps(fact) for name, fact in facts.items()})
    return model


def features_of(path):
    """{"input", "output": names of the image features, "kind", "minimum_ios"} of a .mlmodel or .mlpackage.

    "prior" too: the name of the gray image of the mask before, where the file takes one.
    """
    spec = load_coremltools().utils.load_spec(str(path))
    first, *prior = (feature.name for feature in spec.description.input)
    return {
        "input": first,
        **({"prior": prior[0]} if prior else {}),
        "output": spec.description.output[0].name,
        "kind": spec.WhichOneof("Type"),
        "minimum_ios": FIRST_IOS[spec.specificationVersion],
    }
