import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.exporting.graph.counting import count, totals


def test_size_and_cost_are_those_that_papers_print():
    found = totals(count(tp.build("bisenet")))
    assert 12.4e6 <= found["parameters"] <= 12.8e6
    assert 2.31e9 <= found["macs"] <= 2.38e9  # SINet's Table 3, PortraitNet's Table 6


def test_outputs():
    outputs = tp.build("bisenet", size=None)(np.zeros((1, 64, 96, 3), "float32"))
    assert outputs["mask"].shape == outputs["boundary"].shape == (1, 64, 96, 2)


def test_wrong_size():
    with pytest.raises(tp.PortraitError, match="bisenet: size=100 does not fit its stride of 32"):
        tp.build("bisenet", size=100)
