"""Work on many photos by many workers, here or on a cluster; what is done is noted, and a second call goes on."""

import os

from tqdm import tqdm

import tf_portrait
from tf_portrait.errors import PortraitError
from tf_portrait.journal import Journal

AT_ONCE = 32  # photos in a task: enough that handing them over costs nothing


class Worker:
    """A process that works: make() returns its function of a photo, a path or number, and the name for the result."""

    def __init__(self, make):
        self._do = make()

    def run(self, task):
        """task: [(photo, name)]. Returns [{"photo", "as", and what came of it, or "why" it failed}]."""
        return [{"photo": photo, "as": name, **self._outcome(photo, name)} for photo, name in task]

    def _outcome(self, photo, name):
        try:
            return self._do(photo, name)
        except PortraitError as error:
            return {"why": str(error)}


def in_bulk(items, make, note, facts, engine="ray", progress=True):
    """What became of each item, {photo: entry}, see Worker; several calls do each photo once.

    items: {photo: name for its result}. make: see Worker. note: file to which a line is added with each task that is
    done. facts: what all results depend on, {what: JSON-able value}. engine: "ray", a worker on each core that Ray has,
    or "loop", in this process. A photo is noted once its files are written: after a kill, at most the tasks that were
    under way are repeated, to the same files. What failed is tried again by the next call. RAY_ADDRESS names a cluster,
    whose machines have to see all files under the same paths; without it Ray runs on this machine.
    Raises PortraitError if the note is of other facts or names, or all photos fail.
    """
    with Journal(note) as journal:
        done = _done(journal, facts, items)
        todo = [item for item in items.items() if item[0] not in done]
        tasks = [todo[start : start + AT_ONCE] for start in range(0, len(todo), AT_ONCE)]
        with tqdm(total=len(items), initial=len(items) - len(todo), unit="photo", disable=not progress) as bar:
            for entries in (by_ray if engine == "ray" else by_loop)(tasks, make):
                journal.append({"photos": entries})
                done |= {entry["photo"]: entry for entry in entries}
                bar.update(len(entries))
    entries = {photo: done[photo] for photo in items}
    if all("why" in entry for entry in entries.values()):
        raise PortraitError(next(iter(entries.values()))["why"])
    return entries


def absolute(path):
    """A path as workers elsewhere need it; what is none, such as a model's name, as it is."""
    return os.path.abspath(path) if path is not None and os.path.exists(path) else path


def failures(entries):
    """Why photos failed."""
    return [entry["why"] for entry in entries.values() if "why" in entry]


def _done(journal, facts, items):
    """The entries of earlier calls, but for failures. Writes the facts down where there are none yet."""
    if not journal.records:
        journal.append({"facts": facts})
    before, *tasks = journal.records or [{"facts": facts}]
    for what, value in facts.items():
        found = before["facts"].get(what)
        if found != value:
            raise PortraitError(f"{journal.path}: is of {what} {found}, not {value}; choose another --out")
    done = {entry["photo"]: entry for task in tasks for entry in task["photos"] if "why" not in entry}
    for photo, name in items.items():
        if photo in done and done[photo]["as"] != name:
            raise PortraitError(
                f"{journal.path}: {photo} is {done[photo]['as']} there, and would be {name} now; choose another --out"
            )
    return done


def by_loop(tasks, make):
    """Yields Worker(make).run(task) of each task."""
    if tasks:
        yield from map(Worker(make).run, tasks)


def by_ray(tasks, make):
    """The same as each is done, in any order; a worker that dies is started again."""
    if not tasks:
        return
    make()  # what is wrong with its arguments is said here, and not by Ray
    import ray
    from ray.util import ActorPool

    root = os.path.dirname(os.path.dirname(os.path.abspath(tf_portrait.__file__)))
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    started = not ray.is_initialized()
    if started:
        ray.init(log_to_driver=False, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": path}})
    try:
        worker = ray.remote(num_cpus=1, max_restarts=3, max_task_retries=3)(Worker)
        count = min(len(tasks), max(1, int(ray.cluster_resources().get("CPU", 1))))
        pool = ActorPool([worker.remote(make) for _ in range(count)])
        yield from pool.map_unordered(lambda actor, task: actor.run.remote(task), tasks)
    except ray.exceptions.RayError as error:
        why = str(error).strip().splitlines()[-1]
        raise PortraitError(f"--engine ray: a worker failed ({why}); the same command goes on") from error
    finally:
        if started:
            ray.shutdown()
