"""The one exception that users are meant to read: it names the file, the value and the fix."""


class PortraitError(Exception):
    """Something that the user can mend; the pipelines print it without a traceback and exit with 2."""
