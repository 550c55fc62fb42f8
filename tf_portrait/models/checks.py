"""Checks of what builders are asked for, each in one place and in one sentence."""

from tf_portrait.errors import PortraitError


def check_size(network, size, stride, least=None, may_be_open=True):
    """Raises PortraitError unless size is a multiple of the stride, at least `least`, or None where it may be open."""
    if size is None and may_be_open:
        return
    if size is None:
        raise PortraitError(
            f"{network}: its size cannot be left open; build it with size=224, in a recipe low_size=None"
        )
    least = least or stride
    if type(size) is not int or size < least or size % stride:
        good = sorted({stride * -(-pixels // stride) for pixels in (224, 256, 512)})
        raise PortraitError(
            f"{network}: size={size!r} does not fit its stride of {stride}; use {', '.join(map(str, good))}, ..."
        )


def check_choice(network, name, value, good):
    """Raises PortraitError unless the value of an option is one of those that are known."""
    if not any(value == one and type(value) is type(one) for one in good):
        raise PortraitError(f"{network}: {name}={value!r} is unknown; use one of {', '.join(map(repr, good))}")


def check_number(network, name, value, low, high, hint=""):
    """Raises PortraitError unless low <= value <= high."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise PortraitError(f"{network}: {name}={value!r} is outside {low:g} to {high:g}{hint and f'; {hint}'}")


def check_classes(network, classes):
    """Raises PortraitError unless the number of classes is one that a network may have."""
    if type(classes) is not int or not 1 <= classes <= 1000:
        raise PortraitError(f"{network}: classes={classes!r}; a whole number of 1 to 1000 is needed")
