"""Reading ahead and writing behind: decoder, network and encoder at work at the same time, in order."""

import collections
from concurrent.futures import ThreadPoolExecutor

ROOM = 4  # items that wait at most on either side: memory stays flat however long a video is


def ahead(items, room=ROOM):
    """Yields the items of an iterable, up to `room` of which a thread has made already."""
    iterator, end = iter(items), object()
    with ThreadPoolExecutor(1, "ahead") as thread:
        waiting = collections.deque(thread.submit(next, iterator, end) for _ in range(room))
        try:
            while (item := waiting.popleft().result()) is not end:
                waiting.append(thread.submit(next, iterator, end))
                yield item
        finally:
            for task in waiting:
                task.cancel()


class Behind:
    """Calls functions in a thread, one after another; at most `room` wait. What one raises, a later call raises."""

    def __init__(self, room=ROOM):
        self._thread, self._room, self._waiting = ThreadPoolExecutor(1, "behind"), room, collections.deque()

    def call(self, function, *arguments):
        """Puts a call at the end of the line, when there is room."""
        self._waiting.append(self._thread.submit(function, *arguments))
        while len(self._waiting) > self._room:
            self._waiting.popleft().result()

    def finish(self):
        """Waits for all calls, and raises what the first that failed raised."""
        try:
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self.abandon()

    def abandon(self):
        """Drops what waits, and waits for what runs."""
        self._thread.shutdown(cancel_futures=True)
