import numpy as np
import pytest
from keras import ops

import tf_portrait as tp
from tf_portrait.exporting.graph.counting import flops_of_papers
from tf_portrait.models.official import load_official_weights
from tf_portrait.models.sinet import STAGE2, STAGE3
from tf_portrait.models.sinet_blocks import AlignedUpsampling, AtMostOne, Blocking, GroupedPointwise, Shuffle


def trainable(model, start=""):
    return sum(
        int(np.prod(w.shape)) for layer in model.layers if layer.name.startswith(start) for w in layer.trainable_weights
    )


@pytest.mark.parametrize("preset", ["mobile", "authors"])
def test_counts_are_the_papers(preset):
    model = tp.build("sinet", preset=preset)
    assert trainable(model) == 86_910
    assert sum(int(np.prod(weight.shape)) for weight in model.weights) == 92_674
    assert trainable(tp.build("sinet", preset=preset, stage="encoder")) == 86_764


def test_every_module_has_the_size_of_its_row():
    model = tp.build("sinet")
    assert trainable(model, "stem") == 360
    sizes = [trainable(model, f"stage2_{index + 1}_") for index in range(len(STAGE2))]
    assert sizes == [2544, 2544]
    sizes = [trainable(model, f"stage3_{index + 1}_") for index in range(len(STAGE3))]
    assert sizes == [8160, 8544, 9312, 9312, 8544, 10080, 8544, 9312]
    assert (trainable(model, "stage2_down"), trainable(model, "stage3_down")) == (516, 8080)
    assert (trainable(model, "stage2_out"), trainable(model, "stage3_out")) == (192, 432)


def test_the_network_for_street_scenes_has_the_printed_size_and_cost():
    model = tp.build("sinet", size=1024, classes=19, widths="cityscapes", preset="authors")
    assert model.output["mask"].shape == (None, 512, 512, 19)
    assert trainable(model) == 119_418
    assert abs(2 * flops_of_papers(model)["sinet"] / 1e9 - 1.1996) < 0.01  # 1.2 G at 1024 x 2048, twice these pixels


def test_its_encoder_has_the_size_of_every_row():
    model = tp.build("sinet", size=128, stage="encoder", classes=20, widths="cityscapes")
    assert trainable(model) == 116_962
    assert [trainable(model, f"stage2_{index}_") for index in (1, 2, 3)] == [3240, 3690, 3690]
    sizes = [6300, 6678, 6972, 6804, 6804, 10_044, 10_530, 10_908, 10_692, 10_746]
    assert [trainable(model, f"stage3_{index}_") for index in range(1, 11)] == sizes
    downs = [trainable(model, f"stage{stage}_down") for stage in (1, 2, 3)]
    assert (trainable(model, "stem"), downs) == (480, [812, 1172, 13_284])
    assert (trainable(model, "stage2_out"), trainable(model, "stage3_out")) == (252, 504)


@pytest.mark.parametrize("name", ["seeded", "released"])
def test_logits_equal_those_of_the_authors_code(shared, name):
    with np.load(shared / "golden" / f"sinet_{name}.npz") as file:
        golden = dict(file)
    model = tp.build("sinet", preset="authors")
    weights = {key.removeprefix("weight/"): value for key, value in golden.items() if key.startswith("weight/")}
    load_official_weights(model, weights)
    logits = ops.convert_to_numpy(model(golden["input_nchw"].transpose(0, 2, 3, 1), training=False)["mask"])
    expected = golden["logits_align_corners_nchw"].transpose(0, 2, 3, 1)
    assert np.abs(logits - expected).max() / np.abs(expected).max() < 1e-4
    del weights["encoder.level3.2.d1.bn.weight"]
    with pytest.raises(tp.PortraitError, match=r"encoder\.level3\.2\.d1\.bn\.weight is missing"):
        load_official_weights(model, weights)


def test_decoders_differ_in_what_they_let_through():
    logits = np.array([[[[4.0, 0.0], [0.0, 0.0]]]], "float32")
    sure = 1 / (1 + np.exp(-4.0))
    np.testing.assert_allclose(Blocking()(logits)[0, 0, :, 0], [1 - sure, 0.5], rtol=1e-5)
    np.testing.assert_allclose(Blocking(reverse=True)(logits)[0, 0, :, 0], [sure, 0.5], rtol=1e-5)
    assert "decoder_block" not in {layer.name for layer in tp.build("sinet", size=64, decoder="none").layers}


def test_grouped_convolution_sees_its_own_half_only():
    layer, x = GroupedPointwise(4), np.random.default_rng(0).normal(size=(1, 2, 3, 6)).astype("float32")
    result, kernel = np.asarray(layer(x)), np.asarray(layer.kernel)
    np.testing.assert_allclose(result[..., :2], x[..., :3] @ kernel[:, :2], rtol=1e-5)
    np.testing.assert_allclose(result[..., 2:], x[..., 3:] @ kernel[:, 2:], rtol=1e-5)


def test_slopes_stay_at_one_or_below():
    np.testing.assert_array_equal(AtMostOne()(np.array([-3.0, 0.5, 1.5], "float32")), [-3, 0.5, 1])
    assert any(isinstance(weight.constraint, AtMostOne) for weight in tp.build("sinet").trainable_weights)


def test_any_size_has_the_same_weights():
    shapes = [weight.shape for weight in tp.build("sinet", size=None).weights]
    assert shapes == [weight.shape for weight in tp.build("sinet").weights]


def test_shuffle_takes_the_groups_in_turns():
    x = np.arange(6, dtype="float32").reshape(1, 1, 1, 6)
    assert np.asarray(Shuffle()(x)).ravel().tolist() == [0, 3, 1, 4, 2, 5]


def test_aligned_upsampling_keeps_the_corners():
    ramp = np.arange(4, dtype="float32").reshape(1, 1, 4, 1)
    doubled = np.asarray(AlignedUpsampling(2)(ramp))
    np.testing.assert_allclose(doubled[0, 0, :, 0], np.linspace(0, 3, 8), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 100}, "sinet: size=100 does not fit its stride of 32; use 224, 256, 512"),
        ({"decoder": "up"}, "decoder='up' is unknown; use one of 'normal', 'reversed', 'none', 'gau'"),
        ({"stage": 2}, "stage=2 is unknown"),
        ({"preset": "paper"}, "preset='paper' is unknown"),
        ({"kernel": 7}, "kernel=7 is unknown"),
        ({"widths": "cityscapes", "decoder": "none"}, "are the portrait network's; leave widths='cityscapes' out"),
        ({"widths": "cityscapes", "size": 224}, "does not fit its stride of 128"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(tp.PortraitError, match=message):
        tp.build("sinet", **options)
