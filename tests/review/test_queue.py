import pytest

from tests.review.sets import open_queue, pseudo_set, records
from tf_portrait.errors import PortraitError
from tf_portrait.review.decisions import ACCEPT, REJECT, UNDO, Conflict, Decisions
from tf_portrait.review.queue import AHEAD, LEASE


@pytest.fixture
def review(tmp_path):
    """(Queue, out) of eight photos."""
    queue, journal = open_queue(pseudo_set(tmp_path / "p", 8), tmp_path / "out")
    yield queue, tmp_path / "out"
    journal.close()


def names(photos):
    return [photo["name"] for photo in photos]


def decide(queue, photo, decision, tab="one", **more):
    return queue.decide(photo["id"], photo["version"], decision, tab, **more)


def test_decisions_are_written_in_order_with_their_versions(review):
    queue, out = review
    first, second = queue.next("one", 2)
    decide(queue, first, ACCEPT, seconds=1.5)
    decide(queue, second, REJECT)
    undone = decide(queue, queue.last("one"), UNDO)
    decide(queue, undone, ACCEPT)
    found = [(record["photo"], record["decision"], record["version"]) for record in records(out)]
    assert found == [
        ("0007.jpg", ACCEPT, 1),
        ("0006.jpg", REJECT, 1),
        ("0006.jpg", UNDO, 2),
        ("0006.jpg", ACCEPT, 3),
    ]
    assert records(out)[0]["seconds"] == 1.5 and all("time" in record for record in records(out))


def test_a_journal_read_again_gives_the_same_states(review):
    queue, out = review
    for photo, decision in zip(queue.next("one"), [ACCEPT, REJECT, ACCEPT, UNDO, ACCEPT], strict=False):
        decide(queue, photo, decision)
    decide(queue, queue.last("one"), UNDO)
    queue._decisions._journal.close()
    again, journal = open_queue(out.parent / "p", out)
    keys = ("total", "accepted", "rejected", "left")
    assert {key: queue.progress()[key] for key in keys} == {key: again.progress()[key] for key in keys}
    assert again.progress()["accepted"] == 2 and names(again.next("new")) == names(queue.next("one"))
    journal.close()


def test_undoing_goes_back_one_by_one_and_stops_at_the_start(review):
    queue, _ = review
    for photo in queue.next("one", 3):
        decide(queue, photo, ACCEPT)
    back = []
    while photo := queue.last("one"):
        back.append(decide(queue, photo, UNDO)["name"])
    assert back == ["0005.jpg", "0006.jpg", "0007.jpg"]
    assert names(queue.next("one", 2)) == ["0007.jpg", "0006.jpg"]


def test_two_tabs_get_different_photos(review):
    queue, _ = review
    one, two = queue.next("one", 3), queue.next("two", 3)
    assert not set(names(one)) & set(names(two)) and names(queue.next("one", 3)) == names(one)


def test_the_last_photos_go_to_whoever_asks(review):
    queue, _ = review
    assert names(queue.next("one", 8)) == names(queue.next("two", 8))


def test_a_tab_undoes_its_own_decisions_and_a_new_one_the_last(review):
    queue, _ = review
    (one,), (two,) = queue.next("one", 1), queue.next("two", 1)
    decide(queue, one, ACCEPT, "one")
    decide(queue, two, ACCEPT, "two")
    assert queue.last("one")["name"] == one["name"]
    assert queue.last("two")["name"] == queue.last("new")["name"] == two["name"]


def test_photos_of_a_closed_or_silent_tab_are_free(review, monkeypatch):
    queue, _ = review
    first = names(queue.next("one", 2))
    queue.leave("one")
    assert names(queue.next("two", 2)) == first
    monkeypatch.setattr("tf_portrait.review.queue.LEASE", LEASE - 1e6)
    assert names(queue.next("three", 2)) == first


def test_a_decision_about_an_older_version_is_refused(review):
    queue, out = review
    (photo,) = queue.next("one", 1)
    decide(queue, photo, ACCEPT, "one")
    with pytest.raises(Conflict):
        decide(queue, photo, REJECT, "two")
    with pytest.raises(Conflict):
        decide(queue, photo, ACCEPT, "two")
    assert len(records(out)) == 1 and queue.progress()["accepted"] == 1


def test_a_decision_sent_twice_is_written_once(review):
    queue, out = review
    (photo,) = queue.next("one", 1)
    once = decide(queue, photo, ACCEPT)
    assert decide(queue, photo, ACCEPT) == once and len(records(out)) == 1
    undone = decide(queue, once, UNDO)
    assert decide(queue, once, UNDO) == undone and len(records(out)) == 2


def test_strokes_come_back_when_a_mend_is_undone(review):
    queue, out = review
    strokes = [{"person": True, "radius": 0.1, "points": [[0.5, 0.5]]}]
    (photo,) = queue.next("one", 1)
    decided = decide(queue, photo, ACCEPT, strokes=strokes)
    assert records(out)[0]["strokes"] == strokes
    assert decide(queue, decided, UNDO)["strokes"] == strokes


def test_pace_and_time_left(review):
    queue, _ = review
    assert queue.progress()["per_minute"] is None and queue.progress()["minutes_left"] is None
    for photo, seconds in zip(queue.next("one", 4), (1.0, 2.0, 3.0, 500.0), strict=True):
        decide(queue, photo, ACCEPT, seconds=seconds)
    progress = queue.progress()  # 500 seconds were a break
    assert progress["per_minute"] == pytest.approx(30) and progress["minutes_left"] == pytest.approx(4 / 30)


def test_a_mask_that_is_gone_cannot_be_accepted(review):
    queue, out = review
    (photo,) = queue.next("one", 1)
    queue.items[photo["id"]].pair.mask.unlink()
    with pytest.raises(PortraitError, match=r"0007\.png: cannot be read \(No such file or directory\); reject"):
        decide(queue, photo, ACCEPT)
    decide(queue, photo, REJECT)
    assert len(records(out)) == 1


def test_records_of_something_else_are_passed_over(tmp_path):
    class Old:
        records = [{"photo": 3}, {"decision": ACCEPT}, {"photo": "a.jpg", "decision": "maybe"}]

    assert Decisions(Old())["a.jpg"].version == 0


def test_a_tab_never_gets_more_than_it_may_have(tmp_path):
    queue, journal = open_queue(pseudo_set(tmp_path / "p", 40), tmp_path / "out")
    assert len(queue.next("one", 10_000)) == AHEAD and queue.next("two", 0) == []
    journal.close()
