"""One drawn person: head, hair with strands, ears, neck, shoulders, clothes and what people wear or hold."""

import cv2
import numpy as np

from tf_portrait.data.drawn.shapes import (
    HAIR_COLORS,
    SKIN_TONES,
    blob,
    fill,
    fill_pattern,
    jitter,
    line,
    random_color,
    smooth,
)


class _Person:
    """Drawing in the person's own frame: (0, 0) is the middle of the head, 1 half its height, y grows downwards."""

    def __init__(self, rng, image, mask, center, unit):
        self.rng, self.image, self.mask = rng, image, mask
        size = image.shape[0]
        self.center, self.unit = np.array(center) * size, unit * size
        tilt = np.deg2rad(rng.normal(0, 9))
        self.turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
        index = rng.uniform(0, len(SKIN_TONES) - 1.001)
        low = int(index)
        self.skin = jitter(rng, SKIN_TONES[low] + (SKIN_TONES[low + 1] - SKIN_TONES[low]) * (index - low), 6)
        self.hair = jitter(rng, HAIR_COLORS[rng.integers(len(HAIR_COLORS))], 10)
        self.face_width = rng.uniform(0.68, 0.82)

    def head(self, points):
        """Person frame -> pixels, tilted with the head."""
        return (np.asarray(points, float) @ self.turn) * self.unit + self.center

    def body(self, points):
        """Person frame -> pixels, upright."""
        return np.asarray(points, float) * self.unit + self.center

    def fill(self, points, color, mask=True):
        fill(self.image, self.mask if mask else None, points, color)

    def line(self, points, color, width=0.02, mask=False, closed=False):
        line(self.image, self.mask if mask else None, points, color, width * self.unit, closed)


def draw_person(rng, image, mask, center, unit):
    """Draws a person on image (S, S, 3) and mask (S, S), in place.

    center: of the head, as parts of the size. unit: half the head's height, as part of the size.
    """
    person = _Person(rng, image, mask, center, unit)
    style = rng.choice(("bald", "short", "long", "curly", "bun"), p=(0.08, 0.37, 0.3, 0.13, 0.12))
    if style == "long":
        _back_hair(person)
    _neck(person)
    _clothes(person)
    _ears(person)
    person.fill(person.head(_face(person)), person.skin)
    _features(person)
    if style != "bald":
        _hair(person, style)
    worn = rng.random()
    if worn < 0.12:
        _hat(person)
    elif worn < 0.22:
        _headphones(person)
    if rng.random() < 0.25:
        _glasses(person)
    if rng.random() < 0.2:
        _arm(person)


def _face(person):
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    y = -np.cos(t)
    return np.column_stack([person.face_width * np.sin(t) * (1 - 0.14 * y), y])


def _neck(person):
    width = person.rng.uniform(0.36, 0.5)
    shade = person.skin * person.rng.uniform(0.75, 0.95)
    person.fill(person.body([[-width, 0.4], [width, 0.4], [width * 1.15, 1.9], [-width * 1.15, 1.9]]), shade)


def _clothes(person):
    rng = person.rng
    shoulder, drop = rng.uniform(1.35, 2.1), rng.uniform(0.25, 0.6)
    lean = rng.normal(0, 0.1)
    left = [[-0.45, 1.2], [-shoulder * 0.7, 1.3 + drop * 0.5], [-shoulder, 1.45 + drop], [-shoulder * 1.15, 9]]
    torso = np.array(left + [[-x, y + lean] for x, y in reversed(left)])
    neckline = rng.uniform(1.35, 2.0)
    torso = person.body(np.vstack([smooth(torso, 2), [[0.0, 1.2]]]) if rng.random() < 0.3 else smooth(torso, 2))
    fill_pattern(person.image, person.mask, torso, _cloth(rng, person.image.shape[0]))
    width = rng.uniform(0.3, 0.55)
    opening = [
        [-width, 1.05],
        [width, 1.05],
        [width * 0.4, neckline * 0.92],
        [0, neckline],
        [-width * 0.4, neckline * 0.92],
    ]
    person.fill(person.body(smooth(np.array(opening), 1)), person.skin * rng.uniform(0.8, 0.98))


def _cloth(rng, size):
    """A picture of cloth: plain, striped, checked or printed, with soft folds."""
    colors = [random_color(rng) for _ in range(3)]
    across = np.arange(size, dtype=np.float32) / size
    cloth = np.full((size, size, 3), colors[0], np.float32)
    kind = rng.random()
    if kind < 0.45:
        angle, period = rng.choice((0.0, np.pi / 2, rng.uniform(0, np.pi))), rng.uniform(15, 60)
        x, y = (np.float32(2 * np.pi * period * f(angle)) * across for f in (np.cos, np.sin))
        bands = np.sin(x[None, :] + y[:, None])
        if kind < 0.2:
            bands = np.maximum(bands, np.sin(x[:, None] - y[None, :]))
        cloth[bands > rng.uniform(-0.3, 0.8)] = colors[1]
    elif kind < 0.6:
        cells = rng.normal(0, 1, (24, 24)).astype(np.float32)
        cloth[cv2.resize(cells, (size, size)) > 0.5] = colors[2]
    folds = cv2.resize(rng.normal(1, 0.14, (7, 5)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    return np.minimum(cloth * folds[..., None], 255)


def _ears(person):
    for side in (-1, 1):
        ear = blob(side * person.face_width * 1.02, 0.05, 0.13, person.rng.uniform(0.18, 0.25))
        person.fill(person.head(ear), person.skin * 0.92)


def _features(person):
    rng = person.rng
    dark = person.skin * rng.uniform(0.45, 0.7)
    side = rng.choice((-1, 1))
    cheek = np.array([[0.0, -0.9], [side * 0.7, -0.5], [side * 0.72, 0.2], [side * 0.35, 0.9], [side * 0.15, 0.3]])
    person.fill(person.head(smooth(cheek) * [person.face_width / 0.75, 1]), person.skin * rng.uniform(0.82, 1.0), False)
    gaze = rng.normal(0, 0.03)
    for eye in (-0.3, 0.3):
        person.fill(person.head(blob(eye, -0.1, 0.13, 0.06)), (240, 238, 235), mask=False)
        person.fill(person.head(blob(eye + gaze, -0.1, 0.05, 0.055)), (30, 22, 18), mask=False)
        brow = [[eye - 0.16, -0.27], [eye, -0.32], [eye + 0.16, -0.27]]
        person.line(person.head(brow), person.hair * 0.8, rng.uniform(0.03, 0.08))
    person.line(person.head([[0.02, -0.05], [0.08, 0.25], [-0.04, 0.28]]), dark, 0.03)
    lips = jitter(rng, person.skin * [0.85, 0.55, 0.55], 8)
    person.fill(person.head(blob(0, 0.55, rng.uniform(0.18, 0.3), rng.uniform(0.04, 0.1))), lips, mask=False)
    if rng.random() < 0.15:
        beard = [[-0.6, 0.1], [-0.4, 0.4], [0, 0.36], [0.4, 0.4], [0.6, 0.1], [0.5, 0.75], [0, 1.03], [-0.5, 0.75]]
        person.fill(person.head(smooth(np.array(beard))), person.hair, mask=False)


def _back_hair(person):
    rng = person.rng
    length = rng.uniform(1.2, 2.8)
    outline = blob(0, length - 1.1, rng.uniform(0.95, 1.3), length, rng, wobble=0.08)
    person.fill(person.head(outline), person.hair * 0.85)
    _strands(person, outline, person.rng.integers(30, 90), 0.5)


def _hair(person, style):
    """The hair on top: an arc about the skull, closed by the hairline."""
    rng, width = person.rng, person.face_width
    volume = {"short": rng.uniform(1.05, 1.2), "curly": rng.uniform(1.3, 1.7)}.get(style, rng.uniform(1.08, 1.25))
    if style == "bun":
        bun = blob(rng.normal(0, 0.2), -1.3, 0.4, 0.38, rng, wobble=0.1)
        person.fill(person.head(bun), person.hair)
        _strands(person, bun, 20, 0.15)
    low = rng.uniform(0.0, 0.5) if style != "short" else rng.uniform(-0.3, 0.2)
    t = np.linspace(-np.pi / 2 - np.pi / 2.2, -np.pi / 2 + np.pi / 2.2, 24)
    outer = np.column_stack([volume * width * 1.12 * np.cos(t), volume * np.sin(t) * 1.02])
    if style == "curly":
        outer *= 1 + 0.06 * rng.standard_normal((24, 1))
    part = rng.uniform(-0.4, 0.4)
    line_height = rng.uniform(-0.75, -0.4)
    hairline = np.array(
        [[0.98, low], [0.8, line_height * 0.7], [0, line_height], [-0.8, line_height * 0.6], [-0.98, low]]
    )
    hairline = hairline * [width, 1] + [[0, 0], [0, 0], [part, 0], [0, 0], [0, 0]]
    outline = np.vstack([outer, hairline])
    person.fill(person.head(outline), person.hair)
    for _ in range(rng.integers(10, 40)):  # shine and shadow along the hair
        start = rng.uniform(0.75, 0.98) * outer[rng.integers(4, 20)]
        bend = start + [rng.normal(0, 0.08), rng.uniform(0.05, 0.25)]
        person.line(person.head([start, bend]), person.hair * rng.uniform(0.7, 1.4), 0.02)
    _strands(person, outer, rng.integers(15, 70), 0.35 if style == "curly" else 0.2)


def _strands(person, outline, count, length):
    """Single hairs that leave the outline; they are one pixel wide and in the mask."""
    rng = person.rng
    for index in rng.integers(0, len(outline), count):
        start = outline[index]
        away = start / (np.linalg.norm(start) + 1e-6)
        reach = rng.uniform(0.2, 1.0) * length
        middle = start + away * reach * 0.5 + rng.normal(0, 0.04, 2)
        end = middle + away * reach * 0.3 + [rng.normal(0, 0.06), rng.uniform(0, 0.2) * reach]
        person.line(person.head([start * 0.97, middle, end]), person.hair * rng.uniform(0.8, 1.2), 0.0, mask=True)


def _hat(person):
    rng, width, color = person.rng, person.face_width * 1.15, random_color(person.rng)
    t = np.linspace(np.pi, 2 * np.pi, 20)
    crown = np.column_stack([width * np.cos(t), -0.4 + rng.uniform(0.75, 1.15) * np.sin(t)])
    person.fill(person.head(crown), color)
    kind = rng.random()
    if kind < 0.4:  # a brim all around
        person.fill(person.head(blob(0, -0.42, width * rng.uniform(1.4, 2.0), 0.16)), color * 0.85)
    elif kind < 0.7:  # a peak to the front
        person.fill(person.head(blob(rng.uniform(-0.3, 0.3), -0.38, width * 0.8, 0.14)), color * 0.8)
    else:  # a knitted hem
        hem = [[-width, -0.55], [width, -0.55], [width, -0.3], [-width, -0.3]]
        person.fill(person.head(hem), color * 0.9)


def _headphones(person):
    width, color = person.face_width * 1.1, random_color(person.rng) * 0.6
    t = np.linspace(np.pi, 2 * np.pi, 20)
    band = np.column_stack([width * np.cos(t), 1.15 * np.sin(t)])
    person.line(person.head(band), color, person.rng.uniform(0.08, 0.16), mask=True)
    for side in (-1, 1):
        person.fill(person.head(blob(side * width, 0.08, 0.2, 0.34)), color)


def _glasses(person):
    rng, color = person.rng, random_color(person.rng) * 0.5
    for side in (-1, 1):
        lens = person.head(blob(side * 0.32, -0.08, rng.uniform(0.2, 0.26), 0.18, points=16))
        if rng.random() < 0.3:
            person.fill(lens, (35, 35, 40), mask=False)
        person.line(lens, color, 0.05, closed=True)
        person.line(person.head([[side * 0.55, -0.1], [side * person.face_width, -0.15]]), color, 0.05)
    person.line(person.head([[-0.1, -0.1], [0.1, -0.1]]), color, 0.05)


def _arm(person):
    """A forearm that rises from below, the hand near the face or held out."""
    rng, side = person.rng, person.rng.choice((-1, 1))
    elbow = np.array([side * rng.uniform(1.4, 2.2), rng.uniform(2.8, 4.0)])
    hand = np.array([side * rng.uniform(0.4, 1.9), rng.uniform(0.4, 1.9)])
    sleeve = random_color(rng)
    color = sleeve if rng.random() < 0.6 else person.skin * 0.95
    shoulder = [side * 1.5, 2.2]
    person.line(person.body([shoulder, elbow, elbow + 0.8 * (hand - elbow)]), color, rng.uniform(0.45, 0.65), mask=True)
    person.line(person.body([elbow + 0.75 * (hand - elbow), hand]), person.skin, 0.32, mask=True)
    person.fill(person.body(blob(*hand, 0.3, 0.36, rng, wobble=0.15)), person.skin)
