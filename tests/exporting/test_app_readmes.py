"""What the apps' READMEs tell to type is what is there, and a first run on a device is a list of fifteen points."""

import re
import shlex

import pytest

from tests.conftest import ROOT
from tf_portrait.cli import export
from tf_portrait.exporting.android import check_app
from tf_portrait.exporting.ios import check_ios_app

APPS = {"android_demo": ("build.sh", check_app), "ios_demo": ("check.sh", check_ios_app)}


def commands(app):
    """The indented lines of a README that are commands, without their comments."""
    lines = re.findall(r"^ {4}((?:python|make) .*)$", (ROOT / app / "README.md").read_text(), re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.parametrize("app", APPS)
def test_the_commands_are_the_ones_that_run(app):
    (python, pipeline, *words), make = commands(app)
    assert python == "python" and (ROOT / pipeline).is_file()
    args = export.parser(pipeline).parse_args(words)
    folder = getattr(args, app.removesuffix("_demo"))
    script, check = APPS[app]
    check(ROOT / folder)

    assert make == ["make", app.removesuffix("_demo")]
    recipe = re.search(rf"^{make[1]}:.*\n\t(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
    assert recipe.endswith(f" {app}/{script}")
    assert (ROOT / app / script).stat().st_mode & 0o100
    assert re.search(rf"^make {make[1]}$", (ROOT / f".ci/{make[1]}").read_text(), re.MULTILINE)


def test_the_apk_lies_where_the_readme_says():
    told = re.search(r"`adb install (\S+)`", (ROOT / "android_demo/README.md").read_text()).group(1)
    assert f"done ($SECONDS s): {told}" in (ROOT / "android_demo/build.sh").read_text()


@pytest.mark.parametrize("app", APPS)
def test_a_first_run_on_a_device_has_fifteen_points(app):
    text = (ROOT / app / "README.md").read_text()
    points = text[text.index("in fifteen points:") :]
    assert re.findall(r"^(\d+)\. ", points, re.MULTILINE) == [str(number) for number in range(1, 16)]
