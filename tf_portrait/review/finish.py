"""The set that comes out of a review: images/ and masks/ of what was accepted, as train.py takes it."""

import contextlib
import dataclasses
from pathlib import Path

from tf_portrait.data.masks import encode_mask
from tf_portrait.data.store import read_pair
from tf_portrait.errors import PortraitError
from tf_portrait.files import write_bytes
from tf_portrait.review.decisions import UNDO, Conflict, mask_crc
from tf_portrait.review.strokes import mend

LOG = "review.jsonl"


@dataclasses.dataclass(frozen=True)
class Set:
    """What was written: numbers of photos and of those mended; left_out: sentences on photos that could not be."""

    written: int
    mended: int
    left_out: list


def check_out(out, folder):
    """Raises PortraitError unless out is free for a review of folder, or holds one."""
    out, folder = Path(out).resolve(), Path(folder).resolve()
    if out == folder or folder in out.parents or out in folder.parents:
        raise PortraitError(f"--out {out}: lies in the folder that is read, or around it; choose another")
    if out.is_dir() and not (out / LOG).is_file() and any(out.iterdir()):
        raise PortraitError(f"--out {out}: is not empty and holds no review; choose another folder")


def write_set(queue, out, progress=iter):
    """Brings out/images and out/masks to what stands accepted, and returns a Set.

    Photos and masks are copied byte for byte, but for masks that were mended. A mask that was changed after it was
    accepted is left out, and its photo goes back to the queue. What an earlier call wrote and is rejected now, goes.
    Raises PortraitError if the disk is full; called again, it goes on.
    """
    out = Path(out)
    accepted, left_out, mended = queue.accepted(), [], 0
    standing = {item.id for item, _ in accepted}
    for item in queue.items.values():
        if item.id not in standing:
            _remove(out, item)
    for item, state in progress(accepted):
        try:
            image, mask, suffix = _contents(item, state)
        except PortraitError as error:
            _remove(out, item)
            left_out.append(str(error))
            _put_back(queue, item, state)
            continue
        _write(out / "images" / item.name, image)
        _write(out / "masks" / f"{item.mask_name}{suffix}", mask)
        mended += bool(state.strokes)
    return Set(len(accepted) - len(left_out), mended, left_out)


def _contents(item, state):
    """Bytes of the photo, bytes of its mask, suffix of the mask."""
    if mask_crc(item) != state.crc:
        raise PortraitError(f"{item.pair.mask}: has changed since it was accepted; review it again")
    if state.strokes:
        mask, suffix = encode_mask(mend(read_pair(item.pair)[1], state.strokes)), ".png"
    else:
        mask, suffix = _read(item.pair.mask), item.pair.mask.suffix
    return _read(item.pair.image), mask, suffix


def _put_back(queue, item, state):
    with contextlib.suppress(Conflict):  # a tab has just decided about it
        queue.decide(item.id, state.version, UNDO, "finish")


def _remove(out, item):
    (out / "images" / item.name).unlink(missing_ok=True)
    for suffix in {".png", item.pair.mask.suffix}:
        (out / "masks" / f"{item.mask_name}{suffix}").unlink(missing_ok=True)


def _write(path, content):
    try:
        if path.read_bytes() == content:
            return
    except OSError:
        pass
    write_bytes(path, content)


def _read(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise PortraitError(f"{path}: cannot be read ({error.strerror})") from error
