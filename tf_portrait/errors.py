"""The one exception that users are meant to read: it names the file, the value and the fix."""

import difflib


class PortraitError(Exception):
    """Something that the user can mend; the pipelines print it without a traceback and exit with 2."""


def did_you_mean(word, known):
    """The end of a sentence about an unknown word: the nearest of those that are known, or all of them."""
    near = difflib.get_close_matches(str(word), known, 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
