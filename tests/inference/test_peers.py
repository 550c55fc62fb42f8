"""Someone's file as a model: told, known by its hash, or refused; never fed by a guess."""

import ast
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

import tf_portrait as tp
from tests.conftest import ROOT
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import read_mask
from tf_portrait.evaluation.comparison import compare, format_comparison, open_all
from tf_portrait.exporting.tflite.convert import convert_float
from tf_portrait.inference import trial
from tf_portrait.inference.interface import Interface, interface_of
from tf_portrait.metrics import portrait_iou

PHOTO = np.random.default_rng(0).integers(0, 256, (8, 12, 3)).astype("uint8")


def file_of(folder, *layers, name="peer.tflite", shape=(8, 12, 3)):
    """A .tflite file of a few layers."""
    image = x = keras.Input(shape, batch_size=1)
    for layer in layers:
        x = layer(x)
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(convert_float(keras.Model(image, x)))
    return folder / name


def red():
    """The red channel, as it was fed."""
    layer = keras.layers.Conv2D(1, 1, use_bias=False, kernel_initializer=lambda *_, **__: np.eye(3)[:, :1][None, None])
    return layer


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    """A file that answers with the red channel of what it is fed."""
    return file_of(tmp_path_factory.mktemp("echo"), red())


def test_what_is_told_goes_in_and_comes_out(echo):
    channel = PHOTO[..., 0] / np.float32(255)
    alpha = tp.Segmenter(echo, input_range="0,1", output="person")(PHOTO)
    np.testing.assert_allclose(alpha, channel, atol=1e-6)
    np.testing.assert_allclose(tp.Segmenter(echo, input_range="0,1", output="background")(PHOTO), 1 - alpha, atol=1e-6)
    logits = tp.Segmenter(echo, input_range="-1,1", output="logits")(PHOTO)
    np.testing.assert_allclose(logits, 1 / (1 + np.exp(1 - 2 * channel)), atol=1e-6)


def test_the_wrong_range_is_noticed(echo):
    with pytest.raises(tp.PortraitError, match=r"peer\.tflite: its values reach from .* no probabilities"):
        tp.Segmenter(echo, input_range="0,255", output="person")(PHOTO)
    assert set(np.unique(tp.Segmenter(echo, input_range="0,255", output="classes:15")(PHOTO))) <= {0.0, 1.0}


@pytest.mark.parametrize("told", [{}, {"input_range": "0,1"}, {"output": "person"}])
def test_a_file_that_nobody_speaks_for_is_refused(echo, told):
    with pytest.raises(tp.PortraitError, match=r"peer\.tflite: not made by this package.*--input-range .*--output"):
        tp.Segmenter(echo, **told)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (("0,2", "person"), "--input-range 0,2: use one of 0,255, 0,1, -1,1"),
        (("0,1", "mask"), "--output mask: use one of person, background"),
        (("0,1", "classes:"), "--output classes:: use one of"),
        (("0,1", "classes:-1"), "use one of"),
        (("0,1", "person:1"), "use one of"),
    ],
)
def test_unknown_words_are_refused(told, message):
    with pytest.raises(tp.PortraitError, match=message):
        interface_of(*told)


def test_answers_of_several_classes():
    logits = np.random.default_rng(1).normal(size=(4, 5, 3)).astype(np.float32)
    softmax = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    for person in range(3):
        found = Interface(output=f"logits:{person}").person(logits, "file")
        np.testing.assert_allclose(found, softmax[..., person], atol=1e-6)
        np.testing.assert_allclose(Interface(output=f"classes:{person}").person(softmax, "file"), softmax[..., person])
    numbers = softmax.argmax(axis=2)
    np.testing.assert_array_equal(Interface(output="classes:2").person(numbers, "file"), numbers == 2)


@pytest.mark.parametrize(
    ("output", "answer", "message"),
    [
        ("person", np.full((4, 4), np.nan), "file: its answer holds NaN"),
        ("logits", np.full((4, 4), np.inf), "holds NaN or infinity"),
        ("person", np.full((4, 4), 7.0), "no probabilities; say --output logits"),
        ("person", np.zeros((4, 4, 2)), "answers with 2 channels.*classes:1"),
        ("classes:2", np.zeros((4, 4, 2)), "has the classes 0 to 1 only"),
        ("classes:1", np.full((4, 4), 0.5), "answers with one map of fractions"),
        ("logits:1", np.zeros((4, 4)), "answers with one map of fractions"),
        ("classes:1", np.full((4, 4, 2), 3.0), "no probabilities; say --output logits:1"),
    ],
)
def test_answers_that_cannot_be_what_they_are_called(output, answer, message):
    with pytest.raises(tp.PortraitError, match=message):
        Interface(output=output).person(answer, "file")


def test_files_of_another_interface_are_refused(tmp_path):
    gray = file_of(tmp_path, keras.layers.Conv2D(1, 1), name="gray.tflite", shape=(8, 8, 1))
    flat = file_of(tmp_path, keras.layers.GlobalAveragePooling2D(), name="flat.tflite")
    for path, message in ((gray, "it has to take one photo"), (flat, "it has to answer with a map")):
        with pytest.raises(tp.PortraitError, match=message):
            tp.Segmenter(path, input_range="0,1", output="person")


def test_a_crash_is_a_sentence(echo, tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    monkeypatch.setattr(trial, "CHILD", child)
    child.write_text("import os; os.abort()")
    with pytest.raises(tp.PortraitError, match=r"peer\.tflite: crashes the interpreter \(code -6\)"):
        tp.Segmenter(echo, input_range="0,1", output="person")
    child.write_text("import time; time.sleep(30)")
    monkeypatch.setattr(trial, "SECONDS", 0.2)
    with pytest.raises(tp.PortraitError, match=r"peer\.tflite: did not answer within 0\.2 seconds"):
        tp.Segmenter(echo, input_range="0,1", output="person")


def test_the_child_imports_next_to_nothing():
    tree = ast.parse(trial.CHILD.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names == {"importlib", "sys", "numpy", "resource", "onnxruntime"}


def test_peers_of_one_name_stay_apart(tmp_path, portraits):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        file_of(tmp_path / folder / "net", red())
    paths = [tmp_path / folder / "net" / "peer.tflite" for folder in ("a", "b")]
    segmenters = open_all(paths, "0,1", "person")
    assert list(segmenters) == ["a/net/peer.tflite", "b/net/peer.tflite"]
    rows = compare(segmenters, list_pairs(portraits).pairs[:2], progress=False)
    assert all(row["milliseconds"] > 0 and 0 <= row["iou"] <= 1 for row in rows)
    assert format_comparison(rows).count("peer.tflite") == 2
    with pytest.raises(tp.PortraitError, match=r"peer\.tflite: named twice"):
        open_all([paths[0], paths[0]], "0,1", "person")


@pytest.mark.parametrize(
    "name",
    [
        "selfie_segmentation.tflite",
        "selfie_segmentation_landscape.tflite",
        "mnv3_seg_float.tflite",
        "deeplabv3_mnv2_pascal_quant.tflite",
        "Dnc_SINet_bi_320_256.onnx",
    ],
)
def test_published_files_are_known(shared, name):
    if name.endswith(".onnx"):
        pytest.importorskip("onnxruntime")
    segmenter = tp.Segmenter(shared / "models" / name)
    scores = []
    for pair in list_pairs(shared / "data" / "val_picsart").pairs[:6]:
        scores.append(portrait_iou(segmenter(read_rgb(pair.image)) > 0.5, read_mask(pair.mask) > 127))
    assert np.mean(scores) > 0.85


def test_an_onnx_file_is_told_too(tmp_path):
    onnx, helper = (
        pytest.importorskip(name, reason="needs onnx, installed by make test") for name in ("onnx", "onnx.helper")
    )
    pytest.importorskip("onnxruntime")
    kind = onnx.TensorProto.FLOAT
    mean = helper.make_node("ReduceMean", ["image"], ["mask"], axes=[1], keepdims=1)
    values = [helper.make_tensor_value_info(n, kind, [1, c, 8, 12]) for n, c in (("image", 3), ("mask", 1))]
    graph = helper.make_graph([mean], "mean", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (tmp_path / "mean.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(tp.PortraitError, match=r"mean\.onnx: not made by this package"):
        tp.Segmenter(tmp_path / "mean.onnx")
    segmenter = tp.Segmenter(tmp_path / "mean.onnx", input_range="0,1", output="person")
    np.testing.assert_allclose(segmenter(PHOTO), PHOTO.mean(axis=2) / 255, atol=1e-5)
    (tmp_path / "bad.onnx").write_bytes(b"no graph")
    with pytest.raises(tp.PortraitError, match=r"bad\.onnx: damaged"):
        tp.Segmenter(tmp_path / "bad.onnx", input_range="0,1", output="person")


def test_predicting_from_a_file_needs_no_keras(tmp_path):
    Image.fromarray(PHOTO.repeat(8, 0).repeat(8, 1)).save(tmp_path / "me.png")
    code = (
        "import sys; from tf_portrait.cli import run; code = run('predict', sys.argv[1:]); "
        "heavy = {'keras', 'tensorflow', 'matplotlib', 'skimage', 'scipy', 'flatbuffers'} & set(sys.modules); "
        "print(code, sorted(heavy))"
    )
    arguments = ["me.png", "--out", "mask.png"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    child = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert child.stdout.splitlines()[-1] == "0 []", child.stdout + child.stderr
    assert (tmp_path / "mask.png").is_file()
