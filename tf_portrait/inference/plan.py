"""What to do with what the user names: which files are read, and where each result goes."""

import dataclasses
import glob
import os
import unicodedata
from collections import Counter
from pathlib import Path

from tf_portrait.data.folder import list_photos
from tf_portrait.data.sample import SAMPLE
from tf_portrait.errors import PortraitError
from tf_portrait.inference.video import VIDEO_SUFFIXES, is_video
from tf_portrait.inference.writer import SUFFIXES as WRITTEN_VIDEOS

OUTPUT = Path("predictions")
WRITTEN_PHOTOS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
TRANSPARENT = (".png", ".webp", ".tif", ".tiff")


@dataclasses.dataclass(frozen=True)
class Job:
    """source: a photo, a video or a camera's index. target: the file to write. video: whether it is moving pictures."""

    source: Path | int
    target: Path
    video: bool


@dataclasses.dataclass(frozen=True)
class _Source:
    path: Path | int
    inside: Path = Path()  # the folder it lies in, below the one that was named
    video: bool = False

    @property
    def stem(self):
        return f"camera{self.path}" if isinstance(self.path, int) else self.path.stem

    @property
    def suffix(self):
        return "" if isinstance(self.path, int) else self.path.suffix[1:]


def plan(sources, effect, out=None, read=()):
    """A Job for each photo, video and camera in `sources`.

    sources: photos, videos, folders, lists of photos (.txt), patterns such as "*.jpg", and cameras' indices as text;
    none means a sample photo. effect: an Effect. out: a file for a single source, or a folder (one that exists, one
    that ends with "/", one without suffix, and any where there are several); None for predictions/. read: further
    files that are read, such as a background. Raises PortraitError if a source is missing, a result could not be what
    `out` says, or would replace a file that is read.
    """
    sources = [sources] if isinstance(sources, (str, Path, int)) else sources or [SAMPLE]
    named = [str(source) for source in sources]
    found = _distinct([entry for name in named for entry in _expand(name)])
    several = len(found) > 1 or any(os.path.isdir(name) or _is_list(name) for name in named)
    targets = _targets(found, effect, out, several)
    jobs = [Job(entry.path, target, entry.video) for entry, target in zip(found, targets, strict=True)]
    for job in jobs:
        _check_kind(job, effect)
    _check_untouched(jobs, [*(name for name in named if os.path.isfile(name)), *read])
    return jobs


def _expand(name):
    """The _Sources that a word on the command line means."""
    if name.isdigit() and not os.path.exists(name):
        return [_Source(int(name), video=True)]
    if os.path.isdir(name):
        return _of_folder(Path(name))
    if _is_list(name):
        return [_file(path) for path in _of_list(Path(name))]
    if not os.path.exists(name) and glob.has_magic(name):
        matches = [path for path in sorted(glob.glob(name, recursive=True)) if not Path(path).name.startswith(".")]
        if not matches:
            raise PortraitError(f"{name}: no file matches this pattern")
        return [entry for path in matches for entry in _expand(path)]
    if not os.path.exists(name):
        found = _other_spelling(name)
        if found is None:
            raise PortraitError(f"{name}: no such file")
        return [_file(found)]
    return [_file(Path(name))]


def _file(path):
    return _Source(path, video=is_video(path))


def _of_folder(folder):
    videos = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in (*VIDEO_SUFFIXES, ".gif")
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    try:
        photos = list_photos(folder)
    except PortraitError:
        if not videos:
            raise
        photos = []
    return [
        _Source(path, path.parent.relative_to(folder), is_video(path)) for path in dict.fromkeys([*photos, *videos])
    ]


def _is_list(name):
    return name.lower().endswith((".txt", ".lst")) and os.path.isfile(name)


def _of_list(path):
    """The photos that a list names, one a line, relative to its folder."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PortraitError(f"{path}: is no list of photos in UTF-8 text") from error
    words = [line.strip().strip('"') for line in lines]
    photos = [path.parent / word.replace("\\", "/") for word in words if word]
    if not photos:
        raise PortraitError(f"{path}: names no photo; expected one a line")
    return [photo if photo.exists() else _other_spelling(photo) or photo for photo in photos]


def _other_spelling(name):
    """The same name with composed or decomposed letters, as other systems write it; None if there is no such file."""
    spellings = (Path(unicodedata.normalize(form, str(name))) for form in ("NFC", "NFD"))
    return next((path for path in spellings if path.exists()), None)


def _distinct(found):
    """Each file once, in order."""
    return list(
        {entry.path if isinstance(entry.path, int) else _identity(entry.path): entry for entry in found}.values()
    )


def _targets(found, effect, out, several):
    """A distinct file for each source."""
    if out is not None and not _is_folder(out, several):
        return [Path(out)]
    folder = Path(OUTPUT if out is None else out)
    if folder.exists() and not folder.is_dir():
        raise PortraitError(f"{folder}: is a file; several results need a folder")
    if out is not None and folder.suffix.lower() in (*WRITTEN_PHOTOS, *WRITTEN_VIDEOS) and not folder.is_dir():
        raise PortraitError(f"{out}: one file for {len(found)} results; name a folder, such as {folder.stem}/")
    names = [(entry.inside, entry.stem) for entry in found]
    for more in (
        lambda entry: f"{entry.stem}_{entry.suffix}",
        lambda entry: f"{entry.stem}_{entry.suffix}_{_parent(entry)}",
    ):
        often = Counter(_key(name) for name in names)
        names = [
            name if often[_key(name)] == 1 or isinstance(entry.path, int) else (entry.inside, more(entry))
            for name, entry in zip(names, found, strict=True)
        ]
    taken, targets = set(), []
    for (inside, stem), entry in zip(names, found, strict=True):
        unique, number = stem, 2
        while _key((inside, unique)) in taken:
            unique, number = f"{stem}_{number}", number + 1
        taken.add(_key((inside, unique)))
        targets.append(folder / inside / f"{unique}_{effect.name}{_suffix(entry)}")
    return targets


def _is_folder(out, several):
    return several or str(out).endswith(("/", os.sep)) or os.path.isdir(out) or not Path(out).suffix


def _parent(entry):
    return entry.path.resolve().parent.name


def _suffix(entry):
    if not entry.video:
        return ".png"
    return ".gif" if entry.suffix.lower() == "gif" else ".mp4"


def _key(name):
    """What file systems that know no case and one spelling of letters see of a name."""
    return unicodedata.normalize("NFC", "/".join(map(str, name))).casefold()


def _check_kind(job, effect):
    suffix = job.target.suffix.lower()
    if job.video:
        if effect.transparent:
            raise PortraitError(
                f"{job.source}: videos have no transparency; use --background PHOTO, --color NAME or --blur RADIUS"
            )
        if suffix not in WRITTEN_VIDEOS:
            raise PortraitError(f"{job.target}: videos are written as {', '.join(WRITTEN_VIDEOS)}")
    elif suffix not in WRITTEN_PHOTOS:
        raise PortraitError(f"{job.target}: photos are written as {', '.join(WRITTEN_PHOTOS)}")
    elif effect.transparent and suffix not in TRANSPARENT:
        raise PortraitError(
            f"{job.target}: {suffix} has no transparency; write a .png or .webp, or use --color white for plain ground"
        )


def _check_untouched(jobs, read):
    """Nothing that was read is ever written over, by whatever name or link."""
    files = {_identity(path) for path in (*read, *(job.source for job in jobs if not isinstance(job.source, int)))}
    for job in jobs:
        if job.target.exists() and _identity(job.target) in files:
            raise PortraitError(f"{job.target}: is one of the files that are read; choose another --out")
        if job.target.is_dir():
            raise PortraitError(f"{job.target}: is a folder; choose another --out")


def _identity(path):
    try:
        status = os.stat(path)
        return status.st_dev, status.st_ino
    except OSError:
        return os.path.abspath(path)
