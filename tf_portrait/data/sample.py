"""The photo that is used where the user names none: the astronaut Eileen Collins (NASA, public domain)."""

from pathlib import Path

SAMPLE = Path(__file__).with_name("astronaut.jpg")
