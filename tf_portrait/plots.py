"""Plots as files."""

from tf_portrait.files import write_atomically


def save(path, figure):
    """Writes a matplotlib Figure as a PNG, whole or not at all."""
    write_atomically(path, lambda temporary: figure.savefig(temporary, format="png", dpi=120))
