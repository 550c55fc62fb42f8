"""Photos and masks in shards: a few large ArrayRecord files in place of a million small ones, read by index.

A folder of shards holds shards.json, which names them all, and 00000.array_record, 00001.array_record .. A record is
the photo's file and the mask's, with the name they had. Each lies in a chunk of its own with a checksum, so that damage
costs one record, and is named when that is read.
"""

import bisect
import dataclasses
import functools
import itertools
import json
import struct
from collections.abc import Sequence
from pathlib import Path

from tf_portrait.data.pair import Photo
from tf_portrait.errors import PortraitError

INDEX, PLAN, VERSION = "shards.json", "plan.json", 1
OPEN = 512  # files kept open at a time
PHOTO, MASK = 1, 2  # parts of a record
_LENGTHS = struct.Struct("<3I")  # of name, photo, mask


class Shards:
    """The records of a folder of shards, by number: shards[i] is (name, photo, mask), the files' bytes.

    Raises PortraitError if the folder is half-written or of another version, or a file is missing or of another size.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        index = read_index(self.folder)
        self._names = [shard["name"] for shard in index["shards"]]
        self._ends = list(itertools.accumulate(shard["records"] for shard in index["shards"]))
        for shard in index["shards"]:
            path = self.folder / shard["name"]
            size = path.stat().st_size if path.is_file() else None
            if size != shard["bytes"]:
                found = "is missing" if size is None else f"has {size} bytes where {INDEX} says {shard['bytes']}"
                raise PortraitError(f"{path}: {found}; copy it again, or make the shards anew")
        self._reader = functools.lru_cache(OPEN)(self._open)

    def __len__(self):
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index):
        path, inside = self.place(index)
        try:
            return unpack(self._reader(path).read([inside])[0])
        except (RuntimeError, ValueError, IndexError, struct.error) as error:
            raise PortraitError(f"{path}, record {inside}: damaged ({error}); copy the file again") from error

    def place(self, index):
        """The file of a record, and its number in there."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        shard = bisect.bisect_right(self._ends, index)
        return self.folder / self._names[shard], index - (self._ends[shard - 1] if shard else 0)

    def _open(self, path):
        from array_record.python.array_record_module import ArrayRecordReader

        return ArrayRecordReader(str(path), "readahead_buffer_size:0")


@dataclasses.dataclass(frozen=True)
class Part:
    """The photo or the mask of a record, where others have a path: it has a name and can be read."""

    shards: Shards
    index: int
    part: int  # PHOTO or MASK

    def read_bytes(self):
        return self.shards[self.index][self.part]

    def resolve(self):
        """The path of the file that it lies in."""
        return self.shards.place(self.index)[0].resolve()

    @property
    def _path(self):
        return Path(self.shards[self.index][0])

    name = property(lambda self: self._path.name)
    stem = property(lambda self: self._path.stem)
    suffix = property(lambda self: self._path.suffix)

    def __str__(self):
        path, inside = self.shards.place(self.index)
        try:
            return f"{path}, record {inside} ({self.shards[self.index][0]})"
        except PortraitError:
            return f"{path}, record {inside}"


class ShardPairs(Sequence):
    """Photo and mask of each record, or of some, as list_pairs gives them; nothing is read before it is asked for."""

    def __init__(self, shards, numbers=None):
        self._shards, self._numbers = shards, range(len(shards)) if numbers is None else numbers

    def __len__(self):
        return len(self._numbers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return ShardPairs(self._shards, self._numbers[index])
        number = self._numbers[index]
        return Photo(Part(self._shards, number, PHOTO), Part(self._shards, number, MASK))


def is_shards(folder):
    """Whether a folder holds shards, or will when they are all written."""
    return any((Path(folder) / name).is_file() for name in (INDEX, PLAN))


def read_index(folder):
    """shards.json: {"version", "shards": [{"name", "records", "bytes", "sha256"}], "left_out": {photo: why}}.

    Raises PortraitError if it is missing, damaged or of another version.
    """
    path = Path(folder) / INDEX
    try:
        index = json.loads(path.read_text())
        if index["version"] != VERSION:
            raise PortraitError(
                f"{path}: shards of version {index['version']}, this reads {VERSION}; make them anew with "
                "prepare_data.py shard"
            )
        for shard in index["shards"]:
            if not (isinstance(shard["name"], str) and shard["records"] >= 0 and shard["bytes"] >= 0):
                raise ValueError(f"{shard} is no shard")
        return index
    except FileNotFoundError as error:
        raise PortraitError(
            f"{folder}: half-written shards; go on with the same prepare_data.py shard command"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PortraitError(f"{path}: cannot be read ({error}); make the shards anew: prepare_data.py shard") from error


def pack(name, photo, mask):
    """A record of a name and the files' bytes."""
    name = name.encode()
    return _LENGTHS.pack(len(name), len(photo), len(mask)) + name + photo + mask


def unpack(record):
    """What pack was given. Raises ValueError for what is no record."""
    lengths = _LENGTHS.unpack_from(record)
    ends = list(itertools.accumulate((_LENGTHS.size, *lengths)))
    if ends[-1] != len(record):
        raise ValueError(f"{len(record)} bytes where {ends[-1]} should be")
    name, photo, mask = (record[start:end] for start, end in itertools.pairwise(ends))
    return name.decode(), photo, mask
