"""An export into the page, the shipped models without one, and what web_demo/ says twice."""

import base64
import hashlib
import json
import re
import shutil

import numpy as np
import pytest

from tests.conftest import ROOT
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.web import INDEX, MODELS, SHIPPED, copy_shipped, copy_to_page, missing_runtime
from tf_portrait.inference.segmenter import Segmenter

DEMO = ROOT / "web_demo"


@pytest.fixture
def export(tmp_path):
    """The tiny export of vectors/, as quantize_export.py would leave it."""
    return shutil.copytree(ROOT / "vectors" / "model", tmp_path / "tiny")


@pytest.fixture
def page(tmp_path):
    (tmp_path / "page/app").mkdir(parents=True)
    (tmp_path / "page/app/main.js").write_text("")
    return tmp_path / "page"


def listed(page):
    return json.loads((page / MODELS / INDEX).read_text())["models"]


def test_an_export_is_copied_and_listed_first(export, page):
    copy_to_page(export, page)
    other = shutil.copytree(export, export.with_name("another"))
    target = copy_to_page(other, page)
    assert listed(page) == ["another", "tiny"]
    assert sorted(path.name for path in target.iterdir()) == sorted(path.name for path in export.iterdir())
    copy_to_page(export, page)
    assert listed(page) == ["tiny", "another"]


def test_the_golden_prior_of_a_model_with_one_comes_along(page):
    target = copy_to_page(ROOT / "vectors/video/model", page)
    assert (target / "golden/prior.gray").stat().st_size == 32 * 32


@pytest.mark.parametrize("text", ["{", "[]", '{"models": 3}', '{"models": ["gone", "tiny"]}'])
def test_a_damaged_or_stale_list_is_made_anew(export, page, text):
    (page / MODELS).mkdir()
    (page / MODELS / INDEX).write_text(text)
    copy_to_page(export, page)
    assert listed(page) == ["tiny"]


def test_another_folder_is_not_taken_for_the_page(export, tmp_path):
    with pytest.raises(PortraitError, match="give --web web_demo"):
        copy_to_page(export, tmp_path)


def test_the_shipped_models_become_exports_whose_golden_masks_are_theirs(page):
    copy_shipped(page)
    assert listed(page) == list(SHIPPED)
    for name in SHIPPED:
        folder = page / MODELS / name
        contract = json.loads((folder / "model_contract.json").read_text())
        facts = contract["files"][f"{name}.tflite"]
        segmenter = Segmenter(folder / f"{name}.tflite")
        assert contract["input"]["fit"] == segmenter.fit and contract["input"]["width"] == segmenter.size
        photo = np.fromfile(folder / contract["golden"]["photo"]["file"], np.uint8)
        photo = photo.reshape(contract["golden"]["shape"])
        assert segmenter.prior == ("prior" in contract) == ("prior" in contract["golden"])
        if segmenter.prior:
            prior = np.fromfile(folder / contract["golden"]["prior"]["file"], np.uint8)
            photo = np.dstack([photo, prior.reshape(photo.shape[:2])])
        alpha = segmenter.runtime.probability(photo)
        raw = np.fromfile(folder / facts["golden"]["file"], facts["output_tensor"]["dtype"]).reshape(alpha.shape)
        scale = facts["output_tensor"]["scale"] or 1
        np.testing.assert_allclose(raw * np.float32(scale), alpha, atol=1e-6)


def test_a_missing_runtime_names_the_command(page):
    assert f"npm install --prefix {page}" in missing_runtime(page)
    (page / "node_modules/@litertjs/core/wasm").mkdir(parents=True)
    assert missing_runtime(page) is None


def test_the_page_allows_its_own_import_map_and_no_other_place():
    html = (DEMO / "index.html").read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    import_map = re.search(r'<script type="importmap">(.*?)</script>', html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert not re.search(r"https?:|\*", policy)
    for address in json.loads(import_map)["imports"].values():
        assert address.startswith("./node_modules/@litertjs/")


def test_versions_are_pinned_whole():
    package = json.loads((DEMO / "package.json").read_text())
    for version in {**package["dependencies"], **package["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_words_are_those_of_the_apps():
    words = (DEMO / "app/words.js").read_text()
    effects = re.findall(
        r'effects: \{ none: "(\w+)", blur: "(\w+)", color: "(\w+)", picture: "(\w+)", mask: "(\w+)"', words
    )
    strings = (ROOT / "android_demo/app/src/main/res/values/strings.xml").read_text()
    assert [list(names) for names in effects] == [re.findall("<item>(\\w+)</item>", strings)[:5]]


def test_the_color_is_that_of_the_golden_composition():
    from tf_portrait.exporting.golden import COLOR

    assert f"color: {list(COLOR)}" in (DEMO / "app/demo.js").read_text()
    assert 'value="#{:02x}{:02x}{:02x}"'.format(*COLOR) in (DEMO / "index.html").read_text()
