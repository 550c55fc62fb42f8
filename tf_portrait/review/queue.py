"""Which photo comes next, for several tabs at once, and how far the review is."""

import threading
import time

from tf_portrait.review.decisions import ACCEPT, REJECT

LEASE = 180.0  # seconds that photos stay with a tab that is not heard of; hidden tabs may speak once a minute
AHEAD = 12  # photos that a tab may have before it
RECENT, LONGEST = 50, 60.0  # decisions that the pace is taken of; a longer look than these seconds was a break


class Queue:
    """Hands out photos, takes decisions. For several threads."""

    def __init__(self, items, decisions):
        self.items = {item.id: item for item in items}
        self._decisions, self._lock = decisions, threading.Lock()
        self._names = {item.name: item for item in items}
        self._tabs, self._lent = {}, {}  # when a tab was heard of; the tab that has a photo

    def next(self, tab, count=AHEAD):
        """The next photos for a tab, at most AHEAD: those that it has, then those that no other tab has.

        Only where nothing else is left, what other tabs have: whoever decides first is right.
        """
        with self._lock:
            now = time.monotonic()
            self._tabs[tab] = now
            left = [item for item in self.items.values() if self._decisions[item.name].decision is None]
            free = [item for item in left if not self._with_another(item, tab, now)]
            chosen = (free or left)[: max(0, min(count, AHEAD))]
            if free:
                self._lent.update((item.id, tab) for item in chosen)
            return [self._photo(item) for item in chosen]

    def decide(self, id, version, decision, tab, strokes=(), seconds=None):
        """The photo as it then stands; see Decisions.decide. Raises KeyError for an id that is unknown."""
        item = self.items[id]
        with self._lock:
            self._tabs[tab] = time.monotonic()
            self._decisions.decide(item, version, decision, tab, strokes, seconds)
            return self._photo(item)

    def photo(self, id):
        """A photo as the page knows it. Raises KeyError."""
        with self._lock:
            return self._photo(self.items[id])

    def last(self, tab):
        """The photo that undoing is about, or None."""
        with self._lock:
            name = self._decisions.last(tab)
            return self._photo(self._names[name]) if name in self._names else None

    def leave(self, tab):
        """Gives the photos of a tab that was closed to the others."""
        with self._lock:
            self._tabs.pop(tab, None)

    def accepted(self):
        """(Item, State) of every photo that stands accepted."""
        with self._lock:
            states = [(item, self._decisions[item.name]) for item in self.items.values()]
        return [(item, state) for item, state in states if state.decision == ACCEPT]

    def progress(self):
        """Counts, photos per minute over the last RECENT decisions, and minutes left at that pace (None: unknown)."""
        with self._lock:
            states = [self._decisions[name].decision for name in self._names]
            recent = [s for s in self._decisions.seconds[-RECENT:] if s is not None and s <= LONGEST]
            busy = max(1, sum(time.monotonic() - heard < LONGEST for heard in self._tabs.values()))
        accepted, rejected = states.count(ACCEPT), states.count(REJECT)
        left = len(states) - accepted - rejected
        pace = busy * 60 * len(recent) / sum(recent) if sum(recent) else None
        return {
            "total": len(states),
            "accepted": accepted,
            "rejected": rejected,
            "left": left,
            "per_minute": pace,
            "minutes_left": left / pace if pace else None,
        }

    def _with_another(self, item, tab, now):
        holder = self._lent.get(item.id, tab)
        return holder != tab and now - self._tabs.get(holder, -LEASE) < LEASE

    def _photo(self, item):
        state = self._decisions[item.name]
        return {
            "id": item.id,
            "name": item.name,
            "doubt": item.doubt,
            "version": state.version,
            "decision": state.decision,
            "strokes": list(state.strokes),
        }
