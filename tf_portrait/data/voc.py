"""The palette of Pascal VOC: 21 classes of which 15 is the person, and 255 for pixels to ignore."""

import numpy as np

VOC_PERSON, VOC_IGNORED = 15, 255


def _color(index):
    """The bits of the class number, three by three, from the top of each channel down."""
    channels = [0, 0, 0]
    for place in range(8):
        for channel in range(3):
            channels[channel] |= (index >> (3 * place + channel) & 1) << (7 - place)
    return channels


VOC_COLORS = np.array([_color(index) for index in range(21)], np.uint8)
