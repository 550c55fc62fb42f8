import json
import subprocess
import sys

import keras
import pytest

from tests.conftest import ROOT, write_portraits
from tf_portrait.cli import COMMANDS, main, run
from tf_portrait.data.masks import read_mask
from tf_portrait.exporting.tflite.convert import convert_float

TINY = ["options.width=0.25", "size=32", "batch=4", "steps=3", "epochs=2", "objective=M", "synthetic=12"]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with a data set, in which train.py has run once."""
    folder = tmp_path_factory.mktemp("work")
    write_portraits(folder / "photos", 20, size=48)
    command = [sys.executable, ROOT / "pipelines" / "train.py", "--data", "photos", "--set", *TINY]
    process = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert process.returncode == 0, process.stderr
    return folder, process.stdout


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "pipelines").glob("*.py")))
def test_every_script_starts_without_keras(process, script):
    help = process(script, "--help", env={"KERAS_BACKEND": "none at all"})
    assert help.returncode == 0 and f"usage: python pipelines/{script}" in help.stdout, help.stderr


def test_the_console_command_lists_what_there_is(monkeypatch, capsys):
    for arguments, code in (([], 0), (["--help"], 0), (["trian"], 2)):
        monkeypatch.setattr(sys, "argv", ["tf-portrait", *arguments])
        assert main() == code
        out, err = capsys.readouterr()
        assert all(command in (err if code else out) for command in COMMANDS)


def test_a_missing_package_names_the_extra(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "keras", None)  # every import of it fails, as if it were not installed
    assert run("train", ["--data", "photos"]) == 2
    assert capsys.readouterr().err == "error: train needs keras; pip install 'tf_portrait[train]'\n"


def test_train_ends_with_a_summary_of_files_that_exist(work):
    folder, output = work
    assert "photos: 20 of 20 photos checked, healthy" in output
    lines = dict(
        line.split(maxsplit=1) for line in output.splitlines() if line.startswith(("model ", "curves ", "next "))
    )
    assert lines["model"] == "runs/quickstart/best.keras" and (folder / lines["model"]).is_file()
    assert (folder / lines["curves"]).is_file() and lines["next"].startswith(
        "python pipelines/predict.py runs/quickstart"
    )
    assert (folder / "runs/quickstart/contact_sheet.png").is_file()
    summary = json.loads((folder / "runs/quickstart/summary.json").read_text())
    assert f"IoU before {summary['before']:.4f}, after {summary['after']:.4f}" in output


def test_evaluate_scores_and_writes(work, pipeline):
    process = pipeline(
        "evaluate.py", "runs/quickstart", "--data", "photos", "--json", "s.json", "--sheet", "w.png", cwd=work[0]
    )
    assert process.returncode == 0, process.stderr
    scores = json.loads((work[0] / "s.json").read_text())
    assert len(scores["photos"]) == 20 and f"{scores['mean']['iou']:.4f}" in process.stdout
    assert (work[0] / "w.png").read_bytes().startswith(b"\x89PNG")


def test_predict_takes_the_shipped_model_and_the_sample_photo(work, process):
    process = process("predict.py", cwd=work[0])
    assert process.returncode == 0, process.stderr
    assert process.stdout.strip() == "predictions/astronaut_mask.png"
    mask = read_mask(work[0] / "predictions/astronaut_mask.png") > 127
    # The astronaut fills the middle of the picture, the flag and the shuttle behind her do not.
    assert mask[100:400, 180:260].mean() > 0.97 and mask[:150, 320:].mean() < 0.1


def test_a_photo_alone_is_a_photo(work, pipeline):
    process = pipeline("predict.py", "photos/images/0000.jpg", "--cutout", cwd=work[0])
    assert process.returncode == 0, process.stderr
    assert process.stdout.strip() == "predictions/0000_cutout.png"


def test_evaluate_beside_a_peer(work, pipeline):
    # Any model of the usual interface will do: pixels in 0..1 in, one probability out.
    image = keras.Input((48, 48, 3), batch_size=1)
    peer = keras.Model(image, keras.layers.Conv2D(1, 1, activation="sigmoid")(image))
    (work[0] / "peer.tflite").write_bytes(convert_float(peer))
    told = ("--input-range", "0,1", "--output", "person")
    process = pipeline("evaluate.py", "--data", "photos", "--peers", "peer.tflite", *told, cwd=work[0])
    assert process.returncode == 0, process.stderr
    assert "| portraitnet |" in process.stdout and "| peer.tflite |" in process.stdout
    process = pipeline(
        "evaluate.py", "--data", "photos", "--peers", "peer.tflite", *told, "--robust", "r.png", cwd=work[0]
    )
    assert "| dark |" in process.stdout and (work[0] / "r.png").read_bytes().startswith(b"\x89PNG")


def test_check_reports_faults_and_fails(work, pipeline, tmp_path):
    photos = write_portraits(tmp_path / "photos", 5)
    (photos / "images" / "0002.jpg").write_bytes(b"broken")
    process = pipeline("train.py", "--check", "--data", photos)
    assert process.returncode == 1 and "0002.jpg" in process.stdout and "1 cannot be read" in process.stdout
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["check.png"]  # what was read, to look at


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train.py", "--data", "nowhere"], "error: nowhere: no such folder or list file"),
        (["train.py", "--set", "epoch=3"], "did you mean 'epochs'"),
        (["train.py", "--recipe", "quick"], "did you mean 'quickstart'"),
        (["train.py", "--resume"], "nothing to resume"),
        (["evaluate.py", "nothing.keras", "--nobody"], "nothing.keras: no such model"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(pipeline, tmp_path, arguments, message):
    process = pipeline(*arguments)
    assert process.returncode == 2
    assert message in process.stderr and "Traceback" not in process.stderr
    assert not (tmp_path / "runs").exists()


def test_training_works_on_jax_without_tensorflow(tmp_path):
    pytest.importorskip("jax")
    # None in sys.modules makes every import of TensorFlow fail, as if it were not installed.
    code = (
        "import sys, runpy; sys.modules['tensorflow'] = None; "
        f"sys.argv = ['train.py', '--set', *{TINY!r}, 'epochs=1']; "
        f"sys.path.insert(0, {str(ROOT / 'pipelines')!r}); "
        f"runpy.run_path({str(ROOT / 'pipelines' / 'train.py')!r}, run_name='__main__')"
    )
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**__import__("os").environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert process.returncode == 0, process.stderr[-3000:]
    assert (tmp_path / "runs/quickstart/best.keras").is_file()
