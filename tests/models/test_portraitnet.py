import cv2
import keras
import numpy as np
import pytest
from keras import ops

import tf_portrait as tp


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({}, 2_080_904),
        ({"upsample": "bilinear"}, 1_902_728),
        ({"fuse": "concat"}, 2_091_024),
    ],
)
def test_authors_preset_has_the_authors_parameter_counts(options, count):
    assert trainable(tp.build("portraitnet", size=64, preset="authors", **options)) == count


def test_boundary_head_is_all_that_training_adds():
    # 3 x 3 x 8 x 2, no bias: the paper drops the head at inference, 2,080,760 trainable remain.
    head = tp.build("portraitnet", size=64, preset="authors").get_layer("boundary")
    assert [tuple(weight.shape) for weight in head.weights] == [(3, 3, 8, 2)]


@pytest.mark.parametrize("size", [32, 96, 224])
@pytest.mark.parametrize("upsample", ["deconv", "bilinear"])
def test_logits_have_the_size_of_the_input(size, upsample):
    model = tp.build("portraitnet", size=size, width=0.25, upsample=upsample)
    outputs = model(np.zeros((2, size, size, 3), "float32"))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {
        "mask": (2, size, size, 2),
        "boundary": (2, size, size, 2),
    }


@pytest.mark.parametrize("stride", [2, 4])
def test_heads_at_a_stride_leave_the_last_decoder_steps_out(stride):
    model, whole = (tp.build("portraitnet", size=64, width=0.25, head_stride=s) for s in (stride, 1))
    gone = {layer.name for layer in whole.layers} - {layer.name for layer in model.layers}
    assert {name.split("_")[0] for name in gone} == {f"decoder{s}" for s in (1, 2) if s < stride}
    image = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")
    for head, logits in model(image).items():
        small = keras.Model(model.input, model.get_layer(f"{head}_classifier").output)(image)
        assert small.shape == (1, 64 // stride, 64 // stride, 2)
        expected = cv2.resize(ops.convert_to_numpy(small)[0], (64, 64), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(ops.convert_to_numpy(logits)[0], expected, atol=1e-5)


def test_the_phone_preset_is_the_mobile_one_with_heads_at_half_size():
    phone, half = (
        tp.build("portraitnet", size=64, width=0.25, **options) for options in ({"preset": "phone"}, {"head_stride": 2})
    )
    phone.set_weights(half.get_weights())
    image = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")
    np.testing.assert_array_equal(phone(image)["mask"], half(image)["mask"])


def test_open_size_equals_fixed_size():
    fixed, free = (tp.build("portraitnet", size=size, width=0.25) for size in (64, None))
    free.set_weights(fixed.get_weights())
    image = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")
    np.testing.assert_allclose(fixed(image)["mask"], free(image)["mask"], atol=1e-6)


@pytest.mark.parametrize("preset", ["paper", "authors", "mobile", "phone"])
def test_presets_differ_where_paper_and_code_disagree(preset):
    names = {layer.name for layer in tp.build("portraitnet", size=64, preset=preset).layers}
    assert ("stage1_1_expand_conv" in names) == (preset == "authors")
    assert ("stem_pad" in names) == (preset == "authors")
    model = tp.build("portraitnet", size=64, preset=preset)
    assert type(model.get_layer("decoder8_fuse")).__name__ == ("Concatenate" if preset == "paper" else "Add")
    assert model.get_layer("stem_relu").max_value == (None if preset == "authors" else 6.0)


def test_prior_is_a_fourth_input_channel():
    model = tp.build("portraitnet", size=32, width=0.25, prior=True)
    assert model.input_shape == (None, 32, 32, 4)


def test_deconvolutions_start_as_bilinear_upsampling():
    layer = tp.build("portraitnet", size=32, upsample="deconv").get_layer("decoder1_up")
    channels = layer.filters
    ramp = np.arange(6, dtype="float32").reshape(1, 1, 6, 1) * np.ones((1, 6, 6, channels), "float32")
    wide = ops.convert_to_numpy(layer(ramp))
    # Half-pixel bilinear of 0, 1, 2, ..: pixel x shows (x - 0.5) / 2 away from the border.
    expected = (np.arange(12) - 0.5) / 2
    np.testing.assert_allclose(wide[0, 5, 2:-2, 3], expected[2:-2], atol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 100}, "size=100 does not fit its stride of 32; use 224, 256, 512"),
        ({"preset": "tiny"}, "preset='tiny' is unknown; use one of 'paper', 'authors', 'mobile', 'phone'"),
        ({"upsample": "nearest"}, "upsample='nearest'"),
        ({"width": 0}, "width=0"),
        ({"head_stride": 3}, "head_stride=3 is unknown; use one of None, 1, 2, 4"),
        ({"widht": 1}, "did you mean 'width'"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(tp.PortraitError, match=message):
        tp.build("portraitnet", **options)


def test_an_unknown_network_names_the_nearest_or_all():
    with pytest.raises(tp.PortraitError, match="did you mean 'portraitnet'"):
        tp.build("portraitnett")
    with pytest.raises(tp.PortraitError, match="there are: portraitnet"):
        tp.build("xyz")
