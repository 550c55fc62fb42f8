import numpy as np
import pytest
from keras import ops

import tf_portrait as tp
from tf_portrait.models.official import load_official_weights


@pytest.fixture
def golden(shared):
    with np.load(shared / "golden" / "portraitnet_deconv.npz") as file:
        return dict(file)


def official(golden):
    return {key.removeprefix("weight/"): value for key, value in golden.items() if key.startswith("weight/")}


def test_logits_equal_those_of_the_authors_code(golden):
    model = tp.build("portraitnet", size=96, preset="authors")
    load_official_weights(model, official(golden))
    outputs = model(golden["input_nchw"].transpose(0, 2, 3, 1), training=False)
    for head, key in (("mask", "mask_logits_nchw"), ("boundary", "edge_logits_nchw")):
        expected = golden[key].transpose(0, 2, 3, 1)
        error = np.abs(ops.convert_to_numpy(outputs[head]) - expected).max() / np.abs(expected).max()
        assert error < 1e-4, head


def test_first_missing_key_is_named(golden):
    arrays = official(golden)
    del arrays["transit3.block.1.weight"]
    with pytest.raises(tp.PortraitError, match=r"transit3\.block\.1\.weight is missing"):
        load_official_weights(tp.build("portraitnet", size=32, preset="authors"), arrays)


def test_left_over_key_is_named(golden):
    arrays = {**official(golden), "classifier.weight": np.zeros(3)}
    with pytest.raises(tp.PortraitError, match=r"classifier\.weight fits no layer"):
        load_official_weights(tp.build("portraitnet", size=32, preset="authors"), arrays)


def test_other_shape_is_named(golden):
    with pytest.raises(tp.PortraitError, match=r"has shape .* needs"):
        load_official_weights(tp.build("portraitnet", size=32, preset="authors", width=0.5), official(golden))


def test_other_preset_is_refused(golden):
    with pytest.raises(tp.PortraitError, match="fits no layer"):
        load_official_weights(tp.build("portraitnet", size=32, preset="mobile", upsample="deconv"), official(golden))
