import numpy as np
import pytest
from PIL import Image

from tests.review.sets import open_queue, pseudo_set
from tf_portrait import files
from tf_portrait.data.doctor import examine
from tf_portrait.data.folder import list_pairs
from tf_portrait.data.masks import read_mask
from tf_portrait.errors import PortraitError
from tf_portrait.review.decisions import ACCEPT, REJECT, UNDO
from tf_portrait.review.finish import LOG, check_out, write_set
from tf_portrait.review.strokes import mend


@pytest.fixture
def review(tmp_path):
    """(Queue, the set reviewed, out) with two of four photos accepted, one of them mended, and one rejected."""
    source, out = pseudo_set(tmp_path / "p", 4), tmp_path / "out"
    queue, journal = open_queue(source, out)
    photos = queue.next("one")
    queue.decide(photos[0]["id"], 0, ACCEPT, "one")
    queue.decide(photos[1]["id"], 0, ACCEPT, "one", STROKES)
    queue.decide(photos[2]["id"], 0, REJECT, "one")
    yield queue, source, out
    journal.close()


STROKES = [{"person": True, "radius": 0.2, "points": [[0.1, 0.1], [0.4, 0.1]]}]


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_accepted_photos_become_a_set_with_its_log(review):
    queue, source, out = review
    report = write_set(queue, out)
    assert (report.written, report.mended, report.left_out) == (2, 1, [])
    assert set(content(out)) == {
        LOG,
        *(f"{name}" for n in ("0002", "0003") for name in (f"images/{n}.jpg", f"masks/{n}.png")),
    }
    for name in ("images/0003.jpg", "masks/0003.png", "images/0002.jpg"):
        assert (out / name).read_bytes() == (source / name).read_bytes()
    np.testing.assert_array_equal(
        read_mask(out / "masks/0002.png"), mend(read_mask(source / "masks/0002.png"), STROKES)
    )
    assert examine([list_pairs(out)], progress=False)[0].healthy


def test_a_second_time_it_follows_what_was_decided_since(review):
    queue, _, out = review
    write_set(queue, out)
    photo = queue.last("one")  # the rejected one
    queue.decide(photo["id"], queue.decide(photo["id"], 1, UNDO, "one")["version"], ACCEPT, "one")
    mended = next(photo for photo in (queue.photo(id) for id in queue.items) if photo["strokes"])
    queue.decide(mended["id"], mended["version"], UNDO, "one")
    write_set(queue, out)
    assert sorted(path.name for path in (out / "images").iterdir()) == ["0001.jpg", "0003.jpg"]
    assert sorted(path.name for path in (out / "masks").iterdir()) == ["0001.png", "0003.png"]


def test_a_mask_that_nobody_saw_is_not_written(review):
    queue, source, out = review
    Image.new("L", (48, 48), 255).save(source / "masks/0003.png")
    report = write_set(queue, out)
    assert report.written == 1 and "0003.png: has changed since it was accepted; review it again" in report.left_out[0]
    assert [photo["name"] for photo in queue.next("one")] == ["0003.jpg", "0000.jpg"]
    assert not (out / "images/0003.jpg").exists()


def test_a_full_disk_while_writing_is_said_and_goes_on(review, monkeypatch):
    queue, source, out = review
    before = content(source)

    def full(path, content):
        raise PortraitError(f"{path}: cannot be written (No space left on device)")

    monkeypatch.setattr("tf_portrait.review.finish.write_bytes", full)
    with pytest.raises(PortraitError, match="No space left on device"):
        write_set(queue, out)
    monkeypatch.setattr("tf_portrait.review.finish.write_bytes", files.write_bytes)
    assert write_set(queue, out).written == 2 and content(source) == before


def test_nothing_of_the_users_is_in_the_way(tmp_path):
    source = pseudo_set(tmp_path / "p", 2)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    for out, why in ((source, "lies in the folder"), (source / "out", "lies in"), (tmp_path, "around it"),
                     (tmp_path / "mine", "is not empty and holds no review")):  # fmt: skip
        with pytest.raises(PortraitError, match=why):
            check_out(out, source)
    check_out(tmp_path / "new", source)


def test_nested_photos_and_shared_stems_keep_their_pairs(tmp_path):
    gray = iter(range(0, 250, 10))
    for photo, mask in (("x/a.jpg", "x/a.png"), ("y/a.jpg", "y/a.png"), ("b.jpg", "b.jpg.png"), ("b.png", "b.png.png")):
        for kind, name in (("images", photo), ("masks", mask)):
            (tmp_path / "p" / kind / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), next(gray)).save(tmp_path / "p" / "images" / photo)
        Image.fromarray(np.uint8([[0, 255]] * next(gray))).resize((8, 8), 0).save(tmp_path / "p" / "masks" / mask)
    queue, journal = open_queue(tmp_path / "p", tmp_path / "out")
    for photo in queue.next("one"):
        queue.decide(photo["id"], 0, ACCEPT, "one")
    assert write_set(queue, tmp_path / "out").written == 4
    journal.close()

    def pairs(folder):
        return {(pair.image.read_bytes(), pair.mask.read_bytes()) for pair in list_pairs(folder).pairs}

    assert pairs(tmp_path / "out") == pairs(tmp_path / "p") and len(pairs(tmp_path / "p")) == 4
