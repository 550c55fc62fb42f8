"""Prediction in bulk: what predict does with each photo or record, by many workers."""

import hashlib
import os
from functools import partial
from pathlib import Path, PurePosixPath

from tf_portrait.data.shards import INDEX, PHOTO, Part, Shards, is_shards
from tf_portrait.errors import PortraitError
from tf_portrait.inference.bulk import absolute, in_bulk
from tf_portrait.inference.plan import OUTPUT, Job, plan
from tf_portrait.inference.predict import check_frames, make_effect, run_job
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.video import is_video

DONE = "predicted.jsonl"  # beside what is written: a line a task, with what became of each of its photos


class Predictor:
    """A worker with a segmenter of its own. shards: folder whose records it is told the numbers of; None: it is told
    paths. The rest: see predict_in_bulk.
    """

    def __init__(self, out, shards, model, frames=None, input_range=None, output=None, **effect):
        self._out, self._effect, self._frames = Path(out), make_effect(**effect), frames
        self._segment = Segmenter(model, input_range=input_range, output=output)
        self._shards = shards and Shards(shards)

    def __call__(self, photo, name):
        """Writes out/name of a photo or video, or what a record calls itself. Returns {"remarks"} if there are any."""
        job = self._of_record(photo) if self._shards else Job(Path(photo), self._out / name, is_video(photo))
        remarks = run_job(self._segment, job, self._effect, self._frames)
        return {"remarks": remarks} if remarks else {}

    def _of_record(self, number):
        name = PurePosixPath(self._shards[number][0])
        inside = [part for part in name.parent.parts if part not in ("/", "..")]  # never outside of `out`
        target = Path(self._out, *inside, f"{name.stem}_{self._effect.name}.png")
        return Job(Part(self._shards, number, PHOTO), target, video=False)


def predict_in_bulk(model, sources, effect, out=None, frames=None, read=(), engine="ray", progress=True, **interface):
    """predict by many workers, see in_bulk; what is done is noted in `out`, a folder.

    model: name or path. sources: as for predict, but for cameras; or one folder of shards, whose results are called as
    their records. effect: the arguments of make_effect. interface: input_range and output of a Segmenter.
    Returns {path, or number of a record: {"remarks"} or {"why" it failed}}.
    """
    check_frames(frames)
    out = Path(OUTPUT if out is None else out)
    effect = {**effect, "background": absolute(effect.get("background"))}
    facts = {"model": absolute(model), "frames": frames, **interface, **effect}
    shards = next((os.path.abspath(source) for source in sources if is_shards(source)), None)
    if shards:
        items = _records(shards, sources, out)
        photos = {"shards": hashlib.sha256(Path(shards, INDEX).read_bytes()).hexdigest()}
    else:
        items, photos = _files(sources, make_effect(**effect), out, read), {}
    make = partial(Predictor, os.path.abspath(out), shards, **facts)
    return in_bulk(items, make, out / DONE, {**facts, **photos}, engine, progress)


def _records(shards, sources, out):
    if len(sources) > 1:
        raise PortraitError(f"{shards}: shards go by themselves; give each source a call and an --out of its own")
    if Path(shards).resolve() in (out.resolve(), *out.resolve().parents):
        raise PortraitError(f"--out {out}: lies in the shards, which are read; choose another folder")
    return dict.fromkeys(range(len(Shards(shards))))  # the worker finds their names


def _files(sources, effect, out, read):
    jobs = plan(sources, effect, f"{out}{os.sep}", read)
    cameras = [job.source for job in jobs if isinstance(job.source, int)]
    if cameras:
        raise PortraitError(f"--engine ray: camera {cameras[0]} is one of this process; leave it out")
    return {os.path.abspath(job.source): os.path.relpath(job.target, out) for job in jobs}
