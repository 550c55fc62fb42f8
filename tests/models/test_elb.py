import numpy as np
import pytest

import tf_portrait as tp


@pytest.mark.parametrize(("decrease", "expected"), [(2, 659_198), (4, 239_742)])
def test_counts_are_the_papers(decrease, expected):
    model = tp.build("elb", decrease=decrease)
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == expected
    assert model.output["mask"].shape == (None, 512, 512, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 100}, "elb: size=100 does not fit its stride of 8"),
        ({"decrease": 3}, "elb: decrease=3 is unknown; use one of 2, 4"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(tp.PortraitError, match=message):
        tp.build("elb", **options)
