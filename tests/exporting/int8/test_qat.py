"""Ranges, fake quantization and the int8 file: what is simulated is what the file does."""

import keras
import numpy as np
import pytest
from keras import layers, ops

import tf_portrait as tp
from tests.exporting.graph.test_deploy import PHOTOS as PORTRAITS
from tests.exporting.graph.test_deploy import SHAKEN
from tests.exporting.graph.test_lowering import micro as baseline
from tests.exporting.int8.micro import BATCHES, PHOTOS, gated, micro
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.int8.configs import KERNELS, PASS_THROUGH, PRESCRIBED, RANGED
from tf_portrait.exporting.int8.qat import int8_grid, keeping_sums, quantize, set_weights, snap, snapped, weights_of
from tf_portrait.exporting.int8.ranges import SATURATED, calibrate
from tf_portrait.exporting.int8.rebuild import COMPUTED, KEPT
from tf_portrait.exporting.tflite.convert import convert_int8, convert_mixed
from tf_portrait.exporting.tflite.preflight import preflight
from tf_portrait.inference.tflite import TFLiteModel


def test_every_layer_that_can_be_rebuilt_has_a_rule():
    folded_away, twins = {"BatchNormalization"}, {"StridedDilated"}
    assert {*KERNELS, *RANGED, *PASS_THROUGH, *PRESCRIBED} | folded_away == {*KEPT, *COMPUTED} | twins


def test_ranges_are_the_means_of_what_the_network_shows():
    deployed = micro()
    ranges = calibrate(deployed, BATCHES)
    # A convolution with a ReLU behind it is stored as one, so it has no range of its own.
    assert "stem_conv" not in ranges and ranges["stem_relu"][0] == 0.0
    assert ranges["up"] == ranges["fuse"] and "alpha" not in ranges
    name = "project_conv"
    probe = keras.Model(deployed.input, deployed.get_layer(name).output)
    values = [ops.convert_to_numpy(probe(photo)) for photo in BATCHES]
    expected = np.mean([value.min() for value in values]), np.mean([value.max() for value in values])
    np.testing.assert_allclose(ranges[name], expected, rtol=1e-4)
    assert -SATURATED <= ranges["mask"][0] < ranges["mask"][1] <= SATURATED


def test_concatenations_and_what_they_join_share_a_range():
    deployed = micro("concat")
    ranges = calibrate(deployed, BATCHES)
    assert ranges["stem_relu"] == ranges["project_conv"] == ranges["fuse"]
    assert ranges["fuse"][0] < 0  # the wider of the two: a ReLU's alone would start at zero


def test_kernels_are_snapped_to_their_own_channel_scales():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 4, 5)).astype("float32")
    for axis in (2, 3):
        others = tuple(a for a in range(4) if a != axis)
        step = np.abs(kernel).max(others, keepdims=True) / 127
        ticks = snap(kernel, axis) / step
        np.testing.assert_allclose(ticks, np.round(ticks), atol=1e-3)
        assert np.abs(ticks).max() <= 127.001 and np.abs(snap(kernel, axis) - kernel).max() <= 0.5001 * step.max()
    assert int8_grid(kernel, 3)(kernel[0, 0, 0]).shape == (5,)


SMALL = {
    "bilinear": lambda: micro("add", "bilinear"),
    "deconv": lambda: micro("add", "deconv"),
    "concat": lambda: micro("concat", "deconv"),
    "gated": gated,
    "baseline": lambda: deploy(baseline(32)),
}


@pytest.mark.parametrize("name", SMALL)
def test_the_file_does_what_was_simulated(name, tmp_path):
    deployed = SMALL[name]()
    ranges = calibrate(deployed, BATCHES)
    model = quantize(keeping_sums(deployed), ranges)
    simulated = model(PHOTOS[:1]).numpy()[0, ..., 0]
    content = convert_int8(quantize(snapped(model, deployed), ranges, batch=1, kernels=False))
    (tmp_path / "int8.tflite").write_bytes(content)
    file = TFLiteModel(tmp_path / "int8.tflite")
    difference = 256 * np.abs(file.probability(PHOTOS[0]) - simulated)
    assert simulated.std() > 0.05
    # The sigmoid's output is cut to steps of 1/256, half a step at most; interpolation in integers may add one or two,
    # and a rounding may send an un-pooled value to the next pixel.
    mean, largest = {"deconv": (0.4, 0.51), "concat": (0.4, 0.51), "baseline": (0.8, 16)}.get(name, (0.4, 4))
    assert difference.mean() < mean and difference.max() < largest
    inner = {detail["name"]: detail for detail in file.interpreter.get_tensor_details()}
    assert {detail["dtype"] for detail in inner.values()} <= {np.int8, np.uint8, np.int32, np.bool_}


WHOLE = ["banet", *(pytest.param(name, marks=pytest.mark.slow) for name in ("elb", "sinet", "bisenet"))]


@pytest.mark.parametrize("name", WHOLE)
def test_every_network_is_int8_throughout(name, tmp_path):
    deployed = deploy(SHAKEN[name]())
    photos = [photo[None] for photo in PORTRAITS]
    ranges = calibrate(deployed, photos)
    simulated = quantize(keeping_sums(deployed), ranges, batch=1)
    path = tmp_path / "int8.tflite"
    path.write_bytes(convert_int8(quantize(keeping_sums(deployed), ranges, batch=1, kernels=False)))
    facts = preflight(path, runs=1)
    assert facts["int8_share"] == 1 and facts["inner_conversions"] == 0 and facts["xnnpack_partitions"] == 1
    alpha, expected = TFLiteModel(path).probability(PORTRAITS[0]), simulated(photos[0]).numpy()[0, ..., 0]
    assert expected.std() > 0.1
    # Sums of many roundings in networks of random weights; a wrong range or layer would be far off.
    assert np.abs(alpha - expected).mean() < 0.03 and np.corrcoef(alpha.ravel(), expected.ravel())[0, 1] > 0.97


def test_kernels_in_the_file_have_a_scale_for_each_channel(tmp_path):
    deployed = micro("add", "deconv")
    final = keeping_sums(deployed)
    content = convert_int8(quantize(final, calibrate(deployed, BATCHES), batch=1, kernels=False))
    (tmp_path / "int8.tflite").write_bytes(content)
    details = TFLiteModel(tmp_path / "int8.tflite").interpreter.get_tensor_details()
    found = {tuple(d["shape"]): d["quantization_parameters"]["scales"] for d in details if d["dtype"] is np.int8}
    for name, shape, axes in (
        ("stem_conv", (8, 3, 3, 3), (0, 1, 2)),
        ("depthwise_conv", (1, 3, 3, 8), (0, 1, 3)),
        ("up", (8, 4, 4, 8), (0, 1, 3)),
    ):
        kernel = deployed.get_layer(name).get_weights()[0]
        np.testing.assert_allclose(found[shape], np.abs(kernel).max(axes) / 127, rtol=1e-3)


def test_layers_that_stay_float_are_float_in_the_file(tmp_path):
    deployed = micro()
    (tmp_path / "mixed.tflite").write_bytes(convert_mixed(deployed, BATCHES, ["mask"]))
    names = [
        detail["name"]
        for detail in TFLiteModel(tmp_path / "mixed.tflite").interpreter.get_tensor_details()
        if detail["dtype"] is np.float32 and "mask" in detail["name"]
    ]
    assert names
    with pytest.raises(tp.PortraitError, match="--keep-float maks: no such layer"):
        calibrate(deployed, BATCHES, ("maks",))
    model = quantize(deployed, calibrate(deployed, BATCHES, ("mask",)), ("mask",))
    assert model.get_layer("mask") is not None and model.get_layer("quant_stem_conv") is not None


def test_trained_weights_can_be_taken_out_and_put_back():
    deployed = micro()
    model = quantize(deployed, calibrate(deployed, BATCHES))
    before = weights_of(model)
    for layer in deployed.layers:
        for ours, theirs in zip(layer.get_weights(), before.get(layer.name, []), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    set_weights(model, {name: [2 * part for part in parts] for name, parts in before.items()})
    after = weights_of(model)
    np.testing.assert_array_equal(after["stem_conv"][0], 2 * before["stem_conv"][0])


def test_bad_values_are_named():
    deployed = micro()
    with pytest.raises(tp.PortraitError, match="no photo to calibrate"):
        calibrate(deployed, [])
    conv = deployed.get_layer("project_conv")
    kept = conv.get_weights()
    conv.set_weights([np.full_like(part, np.nan) for part in kept])
    with pytest.raises(tp.PortraitError, match="project_conv: its values are not finite"):
        calibrate(deployed, BATCHES)
    conv.set_weights([np.zeros_like(part) for part in kept])
    with pytest.raises(tp.PortraitError, match=r"project_conv: always zero .* --keep-float project_conv"):
        calibrate(deployed, BATCHES)


def test_a_layer_that_nobody_can_quantize_is_named():
    image = keras.Input((8, 8, 3), batch_size=1)
    model = keras.Model(image, layers.PReLU(name="odd")(image))
    with pytest.raises(tp.PortraitError, match=r"odd: nobody knows how to quantize a PReLU layer; .*--keep-float odd"):
        calibrate(model, [np.zeros((1, 8, 8, 3))])
