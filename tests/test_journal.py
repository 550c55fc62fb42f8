import json
import os

import pytest

from tf_portrait.errors import PortraitError
from tf_portrait.journal import Journal, Unwritable


def lines(path):
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def reopened(path):
    journal = Journal(path)
    journal.close()
    return journal


def test_what_was_appended_is_read_again(tmp_path):
    path, records = tmp_path / "new" / "log.jsonl", [{"photo": "ä\n\udcff.jpg"}, {"photo": "b", "seconds": 1.25}]
    journal = Journal(path)
    for number, record in enumerate(records, start=1):
        journal.append(record)
        assert lines(path) == records[:number]  # without closing it
    journal.close()
    assert reopened(path).records == records


@pytest.mark.parametrize("torn", [b'{"photo": "b', b"{", b"\0\0\0\0", b'{"photo": "b"}'])
def test_a_torn_last_line_was_never_confirmed(tmp_path, torn):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"photo": "a"}\n' + torn)
    journal = Journal(path)
    assert journal.records == [{"photo": "a"}] and journal.damaged == []
    journal.append({"photo": "c"})
    journal.close()
    assert reopened(path).records == [{"photo": "a"}, {"photo": "c"}]


def test_damage_in_the_middle_costs_its_own_lines_alone(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n": 1}\n\xff\xfe\0\n[2]\n{"n": 3}\n')
    journal = reopened(path)
    assert journal.records == [{"n": 1}, {"n": 3}] and journal.damaged == [2, 3]


def test_one_process_has_the_file(tmp_path):
    journal = Journal(tmp_path / "log.jsonl")
    with pytest.raises(PortraitError, match=r"log\.jsonl: another process is writing it"):
        Journal(tmp_path / "log.jsonl")
    journal.close()
    assert reopened(tmp_path / "log.jsonl").records == []


@pytest.mark.parametrize("room", [0, 7])
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch, room):
    """The kernel takes what fits; the call after that fails."""
    path = tmp_path / "log.jsonl"
    journal, write = Journal(path), os.write
    journal.append({"n": 1})

    def full(file, content):
        if not room:
            raise OSError(28, "No space left on device")
        return write(file, content[:room])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unwritable, match=r"log\.jsonl: cannot be written \(.*(space|full).*\); free space"):
        journal.append({"n": 2})
    assert lines(path) == [{"n": 1}]
    monkeypatch.undo()
    journal.append({"n": 2})
    assert lines(path) == [{"n": 1}, {"n": 2}]
    journal.close()


def test_a_half_line_that_could_not_be_cut_off_is_cut_off_later(tmp_path, monkeypatch):
    path = tmp_path / "log.jsonl"
    journal, write = Journal(path), os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, content[:5]))
    monkeypatch.setattr(os, "ftruncate", lambda file, size: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    with pytest.raises(Unwritable):
        journal.append({"n": 1})
    monkeypatch.undo()
    journal.append({"n": 2})
    journal.close()
    assert lines(path) == [{"n": 2}]


def test_a_file_that_was_removed_takes_nothing_more(tmp_path):
    journal = Journal(tmp_path / "log.jsonl")
    (tmp_path / "log.jsonl").unlink()
    with pytest.raises(Unwritable, match="it was removed"):
        journal.append({"n": 1})
    journal.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PortraitError, match=r"file/log\.jsonl: cannot be written"):
        Journal(tmp_path / "file" / "log.jsonl")
