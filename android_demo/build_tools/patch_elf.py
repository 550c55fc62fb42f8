"""Makes an Android x86_64 library loadable by glibc, beside bionic_shim.c: patch_elf.py IN.so OUT.so

Its symbol versions ("LIBC") are hidden, since glibc has others, and undefined symbols that mean something else in
bionic get another name: the end of their own, which lies in the string table already ("fputc" becomes "utc").
"""

import struct
import sys
from pathlib import Path

# Symbol: how many letters its new name leaves out at the start. bionic_shim.c defines the new names.
RENAMED = {
    "sysconf": 1,
    "strerror_r": 1,
    "newlocale": 1,
    "fprintf": 3,
    "vfprintf": 5,
    "fputc": 2,
    "fwrite": 2,
    "fflush": 1,
    "fileno": 1,
    "fclose": 2,
}
PT_LOAD, PT_DYNAMIC = 1, 2
DT_HASH, DT_STRTAB, DT_SYMTAB = 4, 5, 6
VERSION_TAGS = {0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF}
UNREAD_TAG = 0x6FFFEF00


def patch(data):
    """A library's bytes -> the patched bytes."""
    data = bytearray(data)
    segments = _segments(data)
    _, _, offset, _, _, length, *_ = next(s for s in segments if s[0] == PT_DYNAMIC)
    tags = {}
    for at in range(offset, offset + length, 16):
        tag, value = struct.unpack_from("<QQ", data, at)
        tags.setdefault(tag, value)
        if tag in VERSION_TAGS:
            struct.pack_into("<Q", data, at, UNREAD_TAG)
    table, strings, hashes = (_offset(segments, tags[tag]) for tag in (DT_SYMTAB, DT_STRTAB, DT_HASH))
    (count,) = struct.unpack_from("<I", data, hashes + 4)
    for at in range(table, table + 24 * count, 24):
        name, _, _, section = struct.unpack_from("<IBBH", data, at)
        start = strings + name
        text = data[start : data.index(0, start)].decode()
        if section == 0 and text in RENAMED:
            struct.pack_into("<I", data, at, name + RENAMED[text])
    return bytes(data)


def _segments(data):
    (start,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    return [struct.unpack_from("<IIQQQQQQ", data, start + i * size) for i in range(count)]


def _offset(segments, address):
    """Where in the file an address of the running library lies."""
    return next(
        offset + address - start
        for kind, _, offset, start, _, length, *_ in segments
        if kind == PT_LOAD and start <= address < start + length
    )


if __name__ == "__main__":
    source, target = sys.argv[1:]
    Path(target).write_bytes(patch(Path(source).read_bytes()))
