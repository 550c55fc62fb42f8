import cv2
import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.data.drawn.portraits import SyntheticPortraits
from tf_portrait.evaluation.scores import evaluate, format_means
from tf_portrait.inference.predict import make_effect, predict
from tf_portrait.inference.video import convert_video
from tf_portrait.metrics import band_width, boundary_f1, edge_iou, portrait_iou
from tf_portrait.models.archive import save_model
from tf_portrait.models.normalize import normalize


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A small network whose mask logits are raised so that people of some size come out."""
    path = tmp_path_factory.mktemp("model") / "best.keras"
    network = tp.build("portraitnet", size=64, width=0.25)
    card = {"network": "portraitnet", "options": {"size": 64, "width": 0.25}}
    save_model(path, network, {**card, "size": 64, "fit": "letterbox", "threshold": 0.5})
    return path


@pytest.fixture(scope="module")
def segmenter(model):
    return tp.Segmenter(model)


PHOTO = SyntheticPortraits(1, 96)[0][0][:, :72].copy()


def test_alpha_is_the_softmax_of_the_mask_head_at_photo_size(segmenter):
    padded = cv2.copyMakeBorder(
        cv2.resize(PHOTO, (48, 64), interpolation=cv2.INTER_AREA), 0, 0, 8, 8, cv2.BORDER_CONSTANT, value=(128,) * 3
    )
    logits = np.asarray(segmenter.runtime.network(normalize(padded[None]))["mask"])[0]
    probability = 1 / (1 + np.exp(logits[..., 0] - logits[..., 1]))
    expected = cv2.resize(probability[:, 8:56], (72, 96), interpolation=cv2.INTER_LINEAR)
    alpha = segmenter(PHOTO)
    assert alpha.shape == (96, 72) and alpha.dtype == np.float32
    np.testing.assert_allclose(alpha, expected, atol=1e-5)


@pytest.mark.parametrize("photo", [PHOTO[..., 0], PHOTO.astype(np.float32), np.zeros((4, 4, 4), np.uint8)])
def test_other_arrays_are_refused(segmenter, photo):
    with pytest.raises(tp.PortraitError, match=r"must be \(H, W, 3\) uint8 RGB"):
        segmenter(photo)


def test_verbs_return_pictures(segmenter):
    assert segmenter.blur(PHOTO, 9).shape == PHOTO.shape
    assert segmenter.replace(PHOTO, PHOTO[:, ::-1]).shape == PHOTO.shape
    assert segmenter.cutout(PHOTO).shape == (96, 72, 4)


def test_evaluation_is_at_the_photos_own_size(portraits):
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.data.masks import read_mask

    pairs = list_pairs(portraits).pairs[:3]

    def left_half(rgb):
        return np.tile((np.arange(rgb.shape[1]) < rgb.shape[1] / 2).astype(np.float32), (rgb.shape[0], 1))

    result = evaluate(left_half, pairs, progress=False)
    pred = left_half(np.zeros((64, 64, 3))) > 0.5
    for pair, scores in zip(pairs, result["photos"], strict=True):
        true = read_mask(pair.mask) > 127
        assert scores["iou"] == portrait_iou(pred, true)
        assert scores["edge_iou_3"] == pytest.approx(edge_iou(pred, true, 3))
        assert scores["boundary_f1"] == boundary_f1(pred, true, 5)
    assert result["mean"]["iou"] == pytest.approx(np.mean([scores["iou"] for scores in result["photos"]]))
    assert f"{result['mean']['iou']:.4f}" in format_means(result)


def test_the_band_is_15_pixels_at_224_and_odd():
    assert [band_width((size, size)) for size in (224, 64, 448)] == [15, 5, 31]
    assert band_width((320, 240)) == 21


@pytest.fixture
def clip(tmp_path):
    """Eight frames of a portrait that drifts, as MJPEG."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 12.5, (72, 96))
    for shift in range(8):
        writer.write(np.roll(PHOTO, shift, axis=1)[..., ::-1].copy())
    writer.release()
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_videos_keep_their_frames_rate_and_colors(segmenter, clip, tmp_path, suffix):
    out = tmp_path / f"new/out{suffix}"
    assert convert_video(segmenter, clip, out, lambda rgb, alpha: rgb, progress=False).frames == 8
    capture = cv2.VideoCapture(str(out))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(12.5)
    frames = [capture.read()[1] for _ in range(8)]
    assert not capture.read()[0]
    difference = np.abs(frames[3][..., ::-1].astype(int) - np.roll(PHOTO, 3, axis=1))
    assert difference.mean() < 12  # two lossy codecs; swapped channels or frames cost 30 and more
    codec = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode()
    assert codec.lower() in ("h264", "avc1") if suffix == ".mp4" else codec == "MJPG"


def test_predict_writes_photos_folders_and_the_sample(segmenter, portraits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = list(predict(segmenter, portraits / "images", make_effect(cutout=True), tmp_path / "cut"))
    assert len(written) == 12 and cv2.imread(str(written[0].path), cv2.IMREAD_UNCHANGED).shape == (64, 64, 4)
    (sample,) = predict(segmenter, None, make_effect())
    assert str(sample.path) == "predictions/astronaut_mask.png" and cv2.imread(str(sample.path)).shape == (512, 512, 3)
    (blurred,) = predict(segmenter, portraits / "images" / "0000.jpg", make_effect(blur=5), tmp_path / "b.jpg")
    assert cv2.imread(str(blurred.path)).shape == (64, 64, 3)


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("97", {}, "camera 97: cannot be opened; is one connected"),
        ("broken.mp4", {}, r"broken\.mp4: cannot be read as a video|no frame could be decoded"),
        ("missing.mp4", {}, r"missing\.mp4: no such file"),
        ("missing.jpg", {}, r"missing\.jpg: no such file"),
        ("clip.avi", {"cutout": True}, "videos have no transparency"),
    ],
)
def test_sources_that_cannot_be_read_are_named(segmenter, clip, monkeypatch, source, options, message):
    monkeypatch.chdir(clip.parent)
    (clip.parent / "broken.mp4").write_bytes(b"no video" * 100)
    with pytest.raises(tp.PortraitError, match=message):
        list(predict(segmenter, source, make_effect(**options), "out.mp4"))


def test_outputs_of_unknown_kind_are_named(segmenter, clip, portraits):
    with pytest.raises(tp.PortraitError, match=r"videos are written as \.mp4"):
        list(predict(segmenter, clip, make_effect(blur=3), clip.parent / "out.png"))
    with pytest.raises(tp.PortraitError, match=r"photos are written as \.png"):
        list(predict(segmenter, portraits / "images" / "0000.jpg", make_effect(), clip.parent / "out.xyz"))
    with pytest.raises(tp.PortraitError, match="radius 0 must be above 0"):
        make_effect(blur=0.0)
