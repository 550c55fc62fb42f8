"""Labeling by many workers on one machine or a cluster, on Ray; what is done is noted, and a second call goes on."""

import os
from pathlib import Path

from tqdm import tqdm

import tf_portrait
from tf_portrait.data.disagreement import write_disagreement
from tf_portrait.data.files import read_rgb
from tf_portrait.data.folder import list_photos
from tf_portrait.errors import PortraitError
from tf_portrait.inference.pseudo import ask, is_sure, names_for, write_pair
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.journal import Journal

AT_ONCE = 32  # photos in a task: enough that handing them over costs nothing
DONE = "labeled.jsonl"  # beside images/ and masks/: a line a task, with what became of each of its photos


class Labeler:
    """A worker: teachers of its own, and what label_photos does with a photo.

    teachers: models by name or path. out, agree, unsure, soft: see label_photos.
    """

    def __init__(self, teachers, out, agree=0.0, unsure=False, soft=False):
        self._teachers = [Segmenter(name) for name in teachers]
        self._out, self._agree, self._unsure, self._soft = Path(out), agree, unsure, soft

    def label(self, task):
        """task: [(photo's path, its new stem)]. Returns [{"photo", and "name" and "apart", or "unsure", or "why"}]."""
        return [{"photo": photo, **self._one(Path(photo), stem)} for photo, stem in task]

    def _one(self, photo, stem):
        try:
            rgb = read_rgb(photo)
            alpha, apart = ask(self._teachers, rgb)
            if not (self._unsure or (is_sure(alpha) and 1 - apart >= self._agree)):
                return {"unsure": True}
            name = write_pair(self._out, stem, photo, alpha if self._soft else alpha > 0.5)
            return {"name": name, "apart": round(float(apart), 4)}
        except PortraitError as error:
            return {"why": str(error)}


def label_by_ray(teachers, photos, out, agree=0.0, unsure=False, soft=False, progress=True, unreadable=None):
    """label_photos by a worker on each core that Ray has; returns the same.

    A photo is noted once its files are written, and not asked about again: after a kill, at most the tasks that were
    under way are repeated, to the same files. RAY_ADDRESS names a cluster, whose machines have to see `photos` and
    `out` under the same paths; without it Ray runs on this machine.
    """
    paths = list_photos(photos)
    stems, journal = names_for(out, paths), Journal(Path(out) / DONE)
    try:
        done = {entry["photo"]: entry for record in journal.records for entry in record["photos"]}
        for path, stem in stems.items():
            name = done.get(str(path), {}).get("name")
            if name and Path(name).stem != stem:
                raise PortraitError(f"{out}: {path} is {name} there, and would be {stem} now; choose another --out")
        todo = [(str(path), stem) for path, stem in stems.items() if str(path) not in done]
        tasks = [todo[start : start + AT_ONCE] for start in range(0, len(todo), AT_ONCE)]
        with tqdm(total=len(paths), initial=len(paths) - len(todo), unit="photo", disable=not progress) as bar:
            for entries in by_ray(tasks, teachers, os.path.abspath(out), agree, unsure, soft):
                journal.append({"photos": entries})
                done |= {entry["photo"]: entry for entry in entries}
                bar.update(len(entries))
    finally:
        journal.close()
    return _tally(paths, done, out, unreadable)


def by_ray(tasks, *settings):
    """Yields Labeler(*settings).label(task) of each task as it is done; a worker that dies is started again."""
    if not tasks:
        return
    import ray
    from ray.util import ActorPool

    root = os.path.dirname(os.path.dirname(os.path.abspath(tf_portrait.__file__)))
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    started = not ray.is_initialized()
    if started:
        ray.init(log_to_driver=False, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": path}})
    try:
        worker = ray.remote(num_cpus=1, max_restarts=3, max_task_retries=3)(Labeler)
        count = min(len(tasks), max(1, int(ray.cluster_resources().get("CPU", 1))))
        pool = ActorPool([worker.remote(*settings) for _ in range(count)])
        yield from pool.map_unordered(lambda actor, task: actor.label.remote(task), tasks)
    except ray.exceptions.RayError as error:
        why = str(error).strip().splitlines()[-1]
        raise PortraitError(f"--engine ray: a worker failed ({why}); the same command goes on") from error
    finally:
        if started:
            ray.shutdown()


def _tally(paths, done, out, unreadable):
    entries = [done[str(path)] for path in paths]
    written = {entry["name"]: entry["apart"] for entry in entries if "name" in entry}
    why = [entry["why"] for entry in entries if "why" in entry]
    if len(why) == len(entries):
        raise PortraitError(why[0])
    if unreadable is not None:
        unreadable += why
    write_disagreement(out, written)
    return len(written), sum("unsure" in entry for entry in entries)
