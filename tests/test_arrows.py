"""The import graph of the package: arrows point one way, and there is no circle."""

import ast
import graphlib
from pathlib import Path

import tf_portrait

ROOT = Path(tf_portrait.__file__).resolve().parent
# From the ground up: a room may import from itself and from those before it.
ROOMS = (
    ("errors", "quiet", "files", "journal", "tables", "plots", "serve"),
    ("backend", "metrics", "losses"),
    ("data",),
    ("models",),
    ("inference",),
    ("training",),
    ("exporting",),
    ("evaluation",),
    ("review",),
    ("cli",),
)
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}


def modules():
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path, known):
    """The modules of this package that a file imports anywhere in it, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            inside, _, target = name.partition("tf_portrait.")
            if not inside and target:
                yield target if target in known else target.rpartition(".")[0]


def graph():
    known = dict(modules())
    return {name: set(imports(path, known)) - {name, ""} for name, path in known.items()}


def test_every_room_has_its_floor():
    assert {name.split(".")[0] for name in graph()} - {""} == set(FLOOR)


def test_no_import_points_upwards():
    wrong = [
        f"{name} imports {target}"
        for name, targets in graph().items()
        if name
        for target in targets
        if FLOOR[target.split(".")[0]] > FLOOR[name.split(".")[0]]
    ]
    assert not wrong


def test_no_circle():
    order = tuple(graphlib.TopologicalSorter(graph()).static_order())  # raises CycleError, which names the circle
    assert "errors" in order


def test_rooms_on_one_floor_do_not_lean_on_each_other_both_ways():
    rooms = {}
    for name, targets in graph().items():
        rooms.setdefault(name.split(".")[0], set()).update(target.split(".")[0] for target in targets)
    tuple(graphlib.TopologicalSorter({room: to - {room} for room, to in rooms.items() if room}).static_order())
