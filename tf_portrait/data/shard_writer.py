"""Writing shards: a folder of photos and masks packed into a few large files, to be trained from as it is."""

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin
from tqdm import tqdm

from tf_portrait.data.masks import MARKER
from tf_portrait.data.names import unique_stems
from tf_portrait.data.shards import INDEX, PLAN, VERSION, pack, read_index
from tf_portrait.data.store import LONGEST_SIDE, read_pair, shrink
from tf_portrait.data.workers import worker_count
from tf_portrait.errors import PortraitError
from tf_portrait.files import write_atomically, write_json

RECORDS = 10_000  # in a shard: half a gigabyte at 512 pixels
QUALITY = 95  # of the JPEGs that photos become which are shrunk
_CHUNKS = "group_size:1,uncompressed"  # a record in each, as what is in there is compressed already


def write_shards(listing, out, longest_side=LONGEST_SIDE, records=RECORDS, progress=True):
    """Packs the pairs of a listing into `out`; returns its index, see shards.read_index.

    longest_side: pixels to which larger photos and their masks are shrunk, the photos as JPEG; smaller ones keep their
    file. 0 keeps them all. records: photos in a shard. The order is that of a hash of the photos' names, so every part
    of it is a random sample, and crops of one photo (0012a, 0012b) are neighbors. What cannot be read is left out.
    A second call goes on after a kill; the shards whose photos have not changed since stay.
    Raises PortraitError if `out` holds something else, or the shards of other photos or options.
    """
    out, root = Path(out), Path(listing.source)
    pairs = sorted(listing.pairs, key=lambda pair: (_hash(pair.group), str(pair.image)))
    names = _names([pair.image for pair in pairs], root)
    _begin(out, {"longest_side": longest_side, "records": records, "photos": len(pairs), "names": _hash(*names)})
    shards, left_out = [], {}
    with ThreadPoolExecutor(worker_count()) as pool, tqdm(total=len(pairs), unit="photo", disable=not progress) as bar:
        for start in range(0, len(pairs), records):
            path = out / f"{start // records:05d}.array_record"
            part = list(zip(names[start : start + records], pairs[start : start + records], strict=True))
            shard = _finished(path, part) or _write(path, part, longest_side, pool)
            bar.update(len(part))
            left_out |= shard.pop("left_out")
            shards.append({"name": path.name, **shard})
    if not any(shard["records"] for shard in shards):
        raise PortraitError(f"{root}: none of its {len(pairs)} photos can be read; {next(iter(left_out.values()))}")
    index = {"version": VERSION, "shards": shards, "left_out": left_out}
    write_json(out / INDEX, index)
    return index


def verify(folder):
    """Reads every byte of the shards; returns how many there are. Raises PortraitError that names a damaged one."""
    shards = read_index(folder)["shards"]
    for shard in shards:
        path = Path(folder) / shard["name"]
        try:
            with open(path, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise PortraitError(f"{path}: cannot be read ({error.strerror}); copy it again") from error
        if found != shard["sha256"]:
            raise PortraitError(
                f"{path}: damaged, its SHA-256 is {found[:12]}.. and not {shard['sha256'][:12]}..; copy it again"
            )
    return len(shards)


def _begin(out, plan):
    """Writes the plan into an empty folder; in another, looks that it is the same."""
    plan, path = {"version": VERSION, **plan}, out / PLAN
    if path.is_file():
        try:
            before = json.loads(path.read_text())
        except ValueError:
            before = None
        if before != plan:
            raise PortraitError(f"{out}: holds shards of other photos or options; choose another --out")
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PortraitError(f"{out}: is not empty; choose another --out")
    else:
        write_json(path, plan)


def _write(path, part, longest_side, pool):
    """Writes a shard, then what is known of it beside it; returns that."""
    from array_record.python.array_record_module import ArrayRecordWriter

    left_out, count = {}, 0

    def write(temporary):
        nonlocal count
        writer = ArrayRecordWriter(temporary, _CHUNKS)
        for name, record in pool.map(lambda item: _record(*item, longest_side), part):
            if isinstance(record, PortraitError):
                left_out[name] = str(record)
            else:
                writer.write(record)
                count += 1
        writer.close()

    inputs = _inputs(part)
    write_atomically(path, write)
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    shard = {"records": count, "bytes": path.stat().st_size, "sha256": digest, "left_out": left_out}
    write_json(path.with_suffix(".json"), {**shard, "inputs": inputs})
    return shard


def _finished(path, part):
    """What is known of a shard that an earlier call wrote of the same files, else None."""
    try:
        shard = json.loads(path.with_suffix(".json").read_text())
        if shard.pop("inputs") == _inputs(part) and path.stat().st_size == shard["bytes"]:
            return shard
    except (OSError, ValueError, KeyError, AttributeError):
        pass
    return None


def _record(name, pair, longest_side):
    """The name, and its record or why there is none."""
    try:
        photo, mask = read_pair(pair)
        if longest_side and max(photo.shape[:2]) > longest_side:
            data = io.BytesIO()
            Image.fromarray(shrink(photo, longest_side)).save(data, "jpeg", quality=QUALITY)
            content, mask = data.getvalue(), shrink(mask, longest_side)
        else:
            content = pair.image.read_bytes()
        return name, pack(name, content, _encode(mask))
    except PortraitError as error:
        return name, error
    except OSError as error:
        return name, PortraitError(f"{pair.image}: cannot be read ({error.strerror})")


def _encode(mask):
    """A PNG, as bytes, of a mask in memory, marked so that reading it never guesses; what counts is its alpha."""
    note, data = PngImagePlugin.PngInfo(), io.BytesIO()
    note.add_text(MARKER, "levels are the probability of a person, 0 to 255; transparent pixels are ignored")
    Image.fromarray(np.ascontiguousarray(mask)).save(data, "png", pnginfo=note)
    return data.getvalue()


def _inputs(part):
    """A hash of names, sizes and times of the files of a shard."""
    paths = [path for _, pair in part for path in (pair.image, pair.mask)]
    try:
        facts = [path.stat() for path in paths]
    except OSError as error:
        raise PortraitError(f"{error.filename}: cannot be read ({error.strerror}); list the photos again") from error
    return _hash(*(f"{path} {fact.st_size} {fact.st_mtime_ns}" for path, fact in zip(paths, facts, strict=True)))


def _hash(*words):
    return hashlib.sha256("\0".join(words).encode(errors="surrogateescape")).hexdigest()


def _names(paths, root):
    """The names that photos keep: relative to their data set, with a number where they differ in their suffix only."""
    names = [path.relative_to(root) if root in path.parents else path for path in paths]
    stems = unique_stems([name.with_suffix("").as_posix() for name in names])
    return [f"{stem}{name.suffix}" for stem, name in zip(stems, names, strict=True)]
