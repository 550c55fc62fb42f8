"""The exported files in the runtimes of others: MediaPipe Tasks, and ONNX Runtime by way of tf2onnx."""

import numpy as np
import pytest

from tests.tiny import tiny
from tf_portrait.data.files import read_rgb
from tf_portrait.data.fit import fit_photo
from tf_portrait.data.sample import SAMPLE
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.tflite.convert import convert_float, convert_ptq
from tf_portrait.exporting.tflite.metadata import add_card, add_metadata
from tf_portrait.inference.tflite import TFLiteModel
from tf_portrait.metrics import portrait_iou

PHOTO = fit_photo(read_rgb(SAMPLE), 64, "stretch")
CARD = {"network": "tiny", "options": {}, "size": 64, "fit": "stretch", "threshold": 0.5, "weights_sha256": "0" * 64}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """{kind: path} and the Keras model's alpha."""
    folder, deployed = tmp_path_factory.mktemp("clients"), deploy(tiny(64))
    contents = {
        "float32": convert_float(deployed),
        "float16": convert_float(deployed, half=True),
        "int8": convert_ptq(deployed, [PHOTO[None].astype("float32")]),
    }
    paths = {}
    for kind, content in contents.items():
        paths[kind] = folder / f"{kind}.tflite"
        paths[kind].write_bytes(add_card(add_metadata(content, kind), CARD))
    return paths, deployed.predict_on_batch(PHOTO[None].astype("float32"))[0, ..., 0]


def check(alpha, kind, files):
    paths, keras = files
    np.testing.assert_allclose(
        alpha, TFLiteModel(paths[kind]).probability(PHOTO), atol=1e-4 if kind != "int8" else 0.15
    )
    if kind == "float32":  # random weights are all near 0.5: the labels of the others are judged on trained models
        assert portrait_iou(alpha > 0.5, keras > 0.5) >= 0.995
    else:
        np.testing.assert_allclose(alpha, keras, atol=0.15 if kind == "int8" else 0.01)


@pytest.mark.parametrize("kind", ["float32", "float16", "int8"])
def test_mediapipe_loads_the_file_as_it_is(files, kind):
    mp = pytest.importorskip("mediapipe", reason="needs mediapipe 0.10.33, installed by make test")
    from mediapipe.tasks.python import BaseOptions, vision

    image = mp.Image(image_format=mp.ImageFormat.SRGB, data=PHOTO)
    for mode in (vision.RunningMode.IMAGE, vision.RunningMode.VIDEO):
        options = vision.ImageSegmenterOptions(
            base_options=BaseOptions(model_asset_path=str(files[0][kind])),
            running_mode=mode,
            output_confidence_masks=True,
            output_category_mask=False,
        )
        with vision.ImageSegmenter.create_from_options(options) as segmenter:
            if mode == vision.RunningMode.IMAGE:
                result = segmenter.segment(image)
            else:
                result = segmenter.segment_for_video(image, 0)
            check(np.squeeze(result.confidence_masks[0].numpy_view()), kind, files)


@pytest.mark.parametrize("kind", ["float32", "int8"])
def test_onnx_runtime_says_the_same(files, kind):
    tf2onnx = pytest.importorskip("tf2onnx", reason="needs tf2onnx, installed by make test")
    onnxruntime = pytest.importorskip("onnxruntime")
    model, _ = tf2onnx.convert.from_tflite(str(files[0][kind]), opset=15)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (inside,) = session.get_inputs()
    photo = PHOTO[None] if inside.type == "tensor(uint8)" else PHOTO[None].astype("float32")
    alpha = session.run(None, {inside.name: photo})[0]
    check(np.squeeze(alpha.astype("float32") / 256 if alpha.dtype == np.uint8 else alpha), kind, files)
