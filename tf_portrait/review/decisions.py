"""What was decided about each photo: the sum of a journal, to which every decision is appended before it counts."""

import dataclasses
import datetime
import zlib

from tf_portrait.errors import PortraitError

ACCEPT, REJECT, UNDO = "accept", "reject", "undo"


@dataclasses.dataclass(frozen=True)
class State:
    """Where a photo stands. version: how many records there are of it; a decision names the version that it is about.

    decision: ACCEPT, REJECT or None. strokes: of the brush, see strokes.py, kept when a decision is undone. crc: of the
    mask file that was accepted. tab: who decided.
    """

    version: int = 0
    decision: str | None = None
    strokes: tuple = ()
    crc: int | None = None
    tab: str = ""


class Conflict(Exception):
    """Another tab decided about the photo in the meantime. state: where it stands now."""

    def __init__(self, state):
        super().__init__("another tab decided about this photo")
        self.state = state


class Decisions:
    """The states of all photos by name, and their order in time. Not for several threads at once.

    A record is {"photo", "decision", "version", "tab", "time", "seconds"} and, of an accepted photo, "mask" (a CRC) and
    "strokes", if it was mended.
    """

    def __init__(self, journal):
        self._journal, self._states = journal, {}
        self._standing = {}  # names of photos with a decision, the latest last; a dict for its order
        self.seconds = []  # that each decision took
        for record in journal.records:
            self._take(record)

    def __getitem__(self, name):
        return self._states.get(name, State())

    def check_belongs(self, items, folder):
        """Raises PortraitError if there are decisions, but none about these items."""
        if self._states and self._states.keys().isdisjoint(item.name for item in items):
            raise PortraitError(
                f"{self._journal.path}: is about other photos than {folder}, e.g. {next(iter(self._states))}; "
                "choose another --out"
            )

    def last(self, tab):
        """The photo about which was decided last: by this tab or, if it decided nothing, by any. None if by none."""
        own = (name for name in reversed(self._standing) if self[name].tab == tab)
        return next(own, next(reversed(self._standing), None))

    def decide(self, item, version, decision, tab="", strokes=(), seconds=None):
        """Returns the State once the decision is on the disk.

        Said twice (a reply that got lost) it is written once. Raises Conflict if version is not the photo's, and
        Unwritable if nothing could be written.
        """
        state = self[item.name]
        undone = decision == UNDO
        if version != state.version:
            wanted = (version + 1, None if undone else decision, tab)
            if (state.version, state.decision, state.tab) == wanted and (undone or state.strokes == tuple(strokes)):
                return state
            raise Conflict(state)
        if undone and state.decision is None:
            return state
        record = {"photo": item.name, "decision": decision, "version": version + 1, "tab": tab}
        record["time"] = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        if seconds is not None:
            record["seconds"] = seconds
        if decision == ACCEPT:
            record["mask"] = mask_crc(item)
            if strokes:
                record["strokes"] = list(strokes)
        self._journal.append(record)
        return self._take(record)

    def _take(self, record):
        """The state after a record. A record of another program, or damaged in the middle, is passed over."""
        name, decision = record.get("photo"), record.get("decision")
        if not isinstance(name, str) or decision not in (ACCEPT, REJECT, UNDO):
            return None
        old = self[name]
        self._standing.pop(name, None)
        if decision == UNDO:
            new = State(old.version + 1, None, old.strokes, None, record.get("tab", ""))
        else:
            strokes = tuple(record.get("strokes", ()))
            new = State(old.version + 1, decision, strokes, record.get("mask"), record.get("tab", ""))
            self._standing[name] = None
            self.seconds.append(record.get("seconds"))
        self._states[name] = new
        return new


def mask_crc(item):
    """CRC-32 of a mask's file, so that a set never holds a mask that nobody saw.

    Raises PortraitError if it cannot be read.
    """
    try:
        return zlib.crc32(item.pair.mask.read_bytes())
    except OSError as error:
        raise PortraitError(f"{item.pair.mask}: cannot be read ({error.strerror}); reject the photo") from error
