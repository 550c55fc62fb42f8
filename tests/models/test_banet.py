import numpy as np
import pytest

import tf_portrait as tp
from tf_portrait.exporting.graph.counting import count, totals


@pytest.mark.parametrize(("channels", "printed"), [(64, 0.62e6), (512, 12.75e6)])
def test_sizes_are_the_papers_within_five_percent(channels, printed):
    assert abs(totals(count(tp.build("banet", channels=channels)))["parameters"] / printed - 1) < 0.05


def test_outputs_and_the_ablation_without_attention():
    photo = np.random.default_rng(0).normal(size=(1, 64, 96, 3)).astype("float32")
    outputs = tp.build("banet", size=None)(photo)
    assert outputs["mask"].shape == (1, 64, 96, 2) and outputs["boundary"].shape == (1, 64, 96, 1)
    assert set(tp.build("banet", size=64, attention=False).output) == {"mask"}


def test_temperature_softens_the_map():
    sharp, soft = (tp.build("banet", size=64, temperature=value) for value in (1.0, 4.0))
    soft.set_weights(sharp.get_weights())
    photo = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")
    np.testing.assert_allclose(soft(photo)["boundary"], np.asarray(sharp(photo)["boundary"]) / 4, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 250}, "banet: size=250 does not fit its stride of 32; use 224, 256, 512"),
        ({"channels": 128}, "channels=128 is unknown; use one of 64, 512"),
        ({"temperature": 0}, "temperature=0 is outside 0.01 to 100; 1.0 is a plain sigmoid"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(tp.PortraitError, match=message):
        tp.build("banet", **options)
