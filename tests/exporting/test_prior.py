"""Exports of a network that takes the previous mask: four channels in .tflite, two images in Core ML, one meaning."""

import hashlib
import json

import numpy as np
import pytest
from keras import ops

import tf_portrait as tp
from tests.exporting.graph.test_deploy import trained
from tf_portrait.exporting.exporter import export
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.measure import open_exported
from tf_portrait.inference.probability import probability_model
from tf_portrait.models.archive import save_model
from tf_portrait.models.normalize import MEAN_BGR, SCALE, normalize
from tf_portrait.models.start import scale_logits, start_weights

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 4)).astype("uint8")


def with_prior(**options):
    """A network of which the previous mask moves the answer."""
    network = trained(prior=True, **options)
    stem = network.get_layer("stem_conv")
    (kernel,) = stem.get_weights()
    kernel[:, :, 3] = np.random.default_rng(5).normal(0, 0.3, kernel[:, :, 3].shape)
    stem.set_weights([kernel])
    return network


def test_the_fourth_channel_is_scaled_and_keeps_its_zero():
    made = ops.convert_to_numpy(normalize(PICTURES))
    expected = (PICTURES[..., 2::-1].astype("float32") - np.float32(MEAN_BGR)) * np.float32(SCALE)
    np.testing.assert_allclose(made[..., :3], expected, rtol=1e-6)
    np.testing.assert_allclose(made[..., 3], SCALE * PICTURES[..., 3], rtol=1e-6)
    np.testing.assert_array_equal(ops.convert_to_numpy(normalize(PICTURES[..., :3])), made[..., :3])


def selfie_with_prior():
    network = tp.build("selfie", size=64, prior=True)
    start_weights(network, "selfie")
    scale_logits(network, 0.1)  # noise is nobody, which is sure
    kernel, bias = network.get_layer("stem").get_weights()
    kernel[:, :, 3] = np.random.default_rng(5).normal(0, 1, kernel[:, :, 3].shape)
    network.get_layer("stem").set_weights([kernel, bias])
    return network


@pytest.mark.parametrize("make", [with_prior, lambda: with_prior(preset="authors"), selfie_with_prior])
def test_the_deployed_model_is_the_trained_one(make):
    network = make()
    deployed = deploy(network)
    assert deployed.input_shape == (1, 64, 64, 4)
    expected = ops.convert_to_numpy(probability_model(network, 64)(PICTURES))
    none = ops.convert_to_numpy(probability_model(network, 64)(PICTURES * np.uint8([1, 1, 1, 0])))
    assert np.abs(expected - none).max() > 0.05
    for picture, mask in zip(PICTURES, expected, strict=True):
        made = ops.convert_to_numpy(deployed(picture[None].astype("float32")))[0, ..., 0]
        np.testing.assert_allclose(made, mask, atol=1e-5)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prior")
    options = {"size": 64, "width": 0.25, "prior": True}
    card = {"network": "portraitnet", "options": options, "size": 64, "fit": "stretch", "threshold": 0.5}
    network = with_prior()
    save_model(folder / "video.keras", network, card)
    return export(folder / "video.keras", out=folder / "out"), network, folder


def test_every_file_says_the_same_of_a_picture_and_its_previous_mask(exported):
    report, network, folder = exported
    assert not report["failures"], report["failures"]
    expected = ops.convert_to_numpy(probability_model(network, 64)(PICTURES[:1]))[0]
    limits = {"float32.tflite": 1e-4, "float16.tflite": 0.02, "int8.tflite": 0.5, "mlpackage": 0.03, "mlmodel": 0.03}
    for name in report["files"]:
        model = open_exported(folder / "out" / name)
        assert model.channels == 4 and model.shape == (64, 64)
        made = model.probability(PICTURES[0])
        limit = next(limit for end, limit in limits.items() if name.endswith(end))
        assert np.abs(made - expected).max() <= limit, name
        other = model.probability(np.dstack([PICTURES[0, ..., :3], 255 - PICTURES[0, ..., 3]]))
        assert np.abs(other - made).max() > 0.02, name


def test_the_int8_file_takes_bytes_and_stays_whole(exported):
    report, _, _ = exported
    facts = report["files"]["portraitnet_int8.tflite"]
    assert facts["inputs"][0]["shape"] == [1, 64, 64, 4] and facts["inputs"][0]["dtype"] == "uint8"
    assert (facts["inputs"][0]["scale"], facts["inputs"][0]["zero_point"]) == (1.0, 0)
    assert facts["inner_conversions"] == 0 and facts["xnnpack_partitions"] == 1


def test_the_contract_and_the_golden_files_say_what_goes_in(exported):
    _, _, folder = exported
    out = folder / "out"
    contract = json.loads((out / "model_contract.json").read_text())
    assert contract["input"]["channels"] == "RGB and the previous mask" and contract["prior"]["first_frame"] == 0
    for name in ("portraitnet.mlmodel", "portraitnet.mlpackage"):
        assert contract["files"][name]["core_ml"]["prior"] == "prior" and "prior_image" in contract["files"][name]
    entry = contract["golden"]["prior"]
    data = (out / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    prior = np.frombuffer(data, np.uint8).reshape(64, 64)
    photo = np.fromfile(out / contract["golden"]["photo"]["file"], np.uint8).reshape(64, 64, 3)
    assert 0 < prior.mean() < 255
    raw = np.fromfile(out / contract["files"]["portraitnet_float32.tflite"]["golden"]["file"], np.float32)
    model = open_exported(out / "portraitnet_float32.tflite")
    np.testing.assert_allclose(model.probability(np.dstack([photo, prior])).ravel(), raw, atol=1e-6)


def test_a_segmenter_runs_the_file_on_photos_and_on_video(exported):
    _, _, folder = exported
    segmenter = tp.Segmenter(folder / "out" / "portraitnet_int8.tflite")
    frame = PICTURES[0, ..., :3]
    stream = segmenter.video()
    assert segmenter.prior and segmenter(frame).shape == (64, 64)
    np.testing.assert_array_equal(stream.probability(frame), segmenter.probability(frame))
    assert not np.array_equal(stream.probability(frame), segmenter.probability(frame))


def test_the_demo_apps_refuse_it_in_a_sentence(exported, tmp_path):
    _, _, folder = exported
    (tmp_path / "app/src/main").mkdir(parents=True)
    (tmp_path / "app/src/main/AndroidManifest.xml").touch()
    with pytest.raises(tp.PortraitError, match="takes the previous mask, which the demo apps do not hand on yet"):
        export(folder / "video.keras", out=folder / "other", android=tmp_path)
    assert not (folder / "other").exists()


def test_networks_whose_channels_nobody_knows_are_refused():
    image = tp.build("portraitfcn", size=64, channels=6)
    with pytest.raises(tp.PortraitError, match="takes 6 channels"):
        deploy(image)
