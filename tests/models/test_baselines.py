"""The papers' baselines: equal to the authors' code, as large and as costly as printed, refused where they must be."""

import importlib
import sys

import keras
import numpy as np
import pytest
from keras import ops

import tf_portrait as tp
from tests.models.golden import expected_logits, official_weights
from tf_portrait.exporting.graph.counting import count, flops_of_papers, totals
from tf_portrait.models import baselines
from tf_portrait.models.baselines import VARIANTS
from tf_portrait.models.baselines.layers import AdaptivePooling, AlignedResize, GroupedConv2D, MaxUnpooling
from tf_portrait.models.official import _whose, load_official_weights

# Size of the golden input, trainable parameters, those that the authors' code registers and never computes with, and
# GMAC: the figures of the authors' code.
SIZES = {"espnet_full_20": 96, "icnet": 257, "sinet_cityscapes": 256}
COSTS = {
    "enet": (355_542, 0, 0.3637),
    "enet_pool2": (349_212, 0, 0.3557),
    "portraitfcn_plus": (134_273_158, 0, 62.978),
    "bisenet_portraitnet": (11_895_122, 514_542, 2.3126),
    "espnet_c": (344_841, 0, 0.3285),
    "espnet_full_20": (365_109, 0, 4.780 * 96 * 96 / (512 * 1024)),
    "ds_espnet": (107_754, 0, 0.1031),
    "ds_espnet_half": (31_342, 0, 0.0341),
    "espnetv2_15": (458_102 - 352, 352, 0.1372),
    "espnetv2_20": (777_830 - 480, 480, 0.2312),
    "contextnet12": (838_274, 0, 1.8646),
    "contextnet14": (838_274, 0, 0.1322),
    "mobilenetv3": (458_382, 0, 0.0657),
    "erfnet": (2_063_086, 0, 13.231 * 224**2 / 512**2),
    "edanet": (681_818, 0, 4.385 * 224**2 / 512**2),
    "unet": (13_395_394, 0, 23.68),
    "icnet": (6_697_794, 0, None),  # 3.858 at 513, whose sizes are no multiples of 257's
    "deeplabv3plus": (28_680_706, 0, 7.003),
    "sinet_cityscapes": (119_418, 0, None),
}

# Giga-FLOPs at 224 as the papers print them, each by its own rule. Those of DS-ESPNet (no code) agree with no reading.
PRINTED = {
    "enet": {"portraitnet": 0.44, "sinet": 0.346},
    "bisenet_portraitnet": {"sinet": 2.31},
    "portraitfcn_plus": {"portraitnet": 62.89},
    "espnet_c": {"sinet": 0.328},
    "espnetv2_15": {"sinet": 0.137},
    "espnetv2_20": {"sinet": 0.231},
    "contextnet12": {"sinet": 1.87},
    "mobilenetv3": {"sinet": 0.066},
}


# Without code of their authors: options, and millions of parameters as their papers print them.
ALONE = {
    "fastscnn": ({"classes": 19}, 1.11),
}


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request):
    """(name, network), each built once for all tests of this file."""
    network, options = VARIANTS[request.param]
    yield request.param, tp.build(network, size=SIZES.get(request.param, 224), **options)


def test_logits_equal_those_of_the_authors_code(shared, variant):
    name, network = variant
    with np.load(shared / "golden" / "baselines" / f"{name}.npz") as file:
        golden = dict(file)
    load_official_weights(network, official_weights(golden))
    image = golden["input_nchw"].astype("float32").transpose(0, 2, 3, 1)
    logits, expected = ops.convert_to_numpy(network(image, training=False)["mask"]), expected_logits(golden)
    assert np.abs(logits - expected).max() < 1e-4 * np.abs(expected).max()


def test_size_and_cost_are_those_of_the_authors_code(variant):
    name, network = variant
    parameters, _, giga = COSTS[name]
    found = totals(count(network))
    assert found["trainable"] == parameters
    if giga:
        assert abs(found["macs"] / 1e9 - giga) < 0.005 * giga


@pytest.mark.parametrize("name", ALONE)
def test_size_is_that_of_the_paper(name):
    options, millions = ALONE[name]
    network = tp.build(name, size=64, **options)
    assert abs(totals(count(network))["trainable"] / 1e6 - millions) < 0.03 * millions
    assert network.output["mask"].shape == (None, 64, 64, options["classes"])


def test_unused_weights_make_up_the_difference(shared, variant):
    name, network = variant
    with np.load(shared / "golden" / "baselines" / f"{name}.npz") as file:
        shapes = {
            str(key): np.prod([int(side) for side in str(shape).split(",")])
            for key, shape, kind in zip(file["names"], file["shapes"], file["kinds"], strict=True)
            if kind not in ("mean", "var")
        }
    _, unused = baselines.official_modules(network, shapes) if network.name != "sinet" else ({}, [])
    assert sum(shapes[key] for key in unused) == COSTS[name][1]


def test_flops_by_the_rule_of_the_paper_that_prints_them(variant):
    name, network = variant
    for paper, printed in PRINTED.get(name, {}).items():
        flops = flops_of_papers(network)[paper] / 1e9
        digits = len(str(printed).partition(".")[2])
        assert round(flops, digits) == printed or abs(flops - printed) < 0.004 * printed, paper


def test_portraitnets_own_figures():
    network = tp.build("portraitnet", preset="authors")
    alone = keras.Model(network.inputs, {"mask": network.output["mask"]})  # the boundary head stays at home
    assert abs(flops_of_papers(alone)["portraitnet"] / 1e9 - 0.5148) < 1e-3  # Table 5: 0.51
    assert abs(flops_of_papers(network)["sinet"] / 1e9 - 0.3251) < 1e-3  # SINet's Table 3: 0.325


@pytest.mark.parametrize(("kernel", "pool", "mega"), [(3, 1, 70.4), (3, 4, 29.0), (5, 2, 40.9)])
def test_encoders_of_table_5(kernel, pool, mega):
    found = totals(count(tp.build("sinet", kernel=kernel, pool=pool)))
    assert found["trainable"] == {3: 81_918, 5: 95_742}[kernel]
    assert abs(found["macs"] / 1e6 - mega) < 0.07 * mega


def test_the_attention_of_table_4_costs_eight_parameters():
    plain, gated = (tp.build("sinet", size=64, decoder=decoder) for decoder in ("none", "gau"))
    assert totals(count(gated))["trainable"] - totals(count(plain))["trainable"] == 8


def test_a_baseline_is_imported_when_it_is_built():
    for name in ("tf_portrait.models.baselines.unet",):
        sys.modules.pop(name, None)
    importlib.reload(sys.modules["tf_portrait.models"])
    assert "tf_portrait.models.baselines.unet" not in sys.modules


def test_a_wrong_name_gets_a_hint():
    with pytest.raises(tp.PortraitError, match=r"no network is called 'erfnt'; did you mean 'erfnet'\?"):
        tp.build("erfnt")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("enet", {"size": 100}, "enet: size=100 does not fit its stride of 8; use 224, 256, 512, ..."),
        ("enet", {"poling": 2}, "enet has no option 'poling'; did you mean 'pooling'?"),
        ("enet", {"pooling": 4}, "enet: pooling=4 is unknown; use one of 2, 3"),
        ("espnet", {"decoder": True}, "its decoder needs 5 or more; use decoder=False"),
        ("espnet", {"width": 2.0}, "width=2.0 is unknown; use one of 0.5, 1.0"),
        ("espnetv2", {"width": 1.0}, "width=1.0 is unknown; use one of 1.5, 2.0"),
        ("espnetv2", {"size": None}, "espnetv2: its size cannot be left open; build it with size=224"),
        ("icnet", {"size": None}, "icnet: its size cannot be left open"),
        ("contextnet", {"context": 3}, "context=3 is unknown; use one of 4, 2"),
        ("unet", {"classes": 0}, "classes=0; a whole number"),
        ("icnet", {"size": 230}, "use 32 k or 32 k + 1"),
        ("portraitfcn", {"channels": 4}, "channels=4 is unknown; use one of 3, 6"),
    ],
)
def test_wrong_options(name, options, message):
    with pytest.raises(tp.PortraitError) as error:
        tp.build(name, **options)
    assert message in str(error.value)


def golden_arrays(shared, name):
    """{parameter: zeros of its shape} of a golden file, by the authors' names."""
    with np.load(shared / "golden" / "baselines" / f"{name}.npz") as file:
        shapes = zip(file["names"], file["shapes"], strict=True)
        return {str(key): np.zeros([int(side) for side in str(shape).split(",")], "float32") for key, shape in shapes}


def test_weights_know_whose_they_are(shared):
    for name, (network, options) in VARIANTS.items():
        if name != "portraitfcn_plus":  # half a gigabyte of zeros
            found = _whose(golden_arrays(shared, name), "none")
            owner = "sinet_cityscapes" if "widths" in options else network
            assert found == f"these are {owner}'s, not none's", name


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ("erfnet", {}, "layers.0.conv.weight is missing; these are erfnet's, not edanet's"),
        (
            "edanet",
            {"classes": 3},
            r"project_layer.weight has shape \(1, 1, 450, 2\) where project_layer needs \(1, 1, 450",
        ),
    ],
)
def test_weights_of_another_network_or_count_are_refused(shared, given, options, message):
    with pytest.raises(tp.PortraitError, match=message):
        load_official_weights(tp.build("edanet", size=32, **options), golden_arrays(shared, given))


def test_weights_of_nobody_known_are_refused():
    with pytest.raises(tp.PortraitError, match=r"layers_0_conv\.weight is missing; these are unknown's"):
        load_official_weights(tp.build("edanet", size=32), {"level1.conv.weight": np.zeros((16, 3, 3, 3), "float32")})


@pytest.mark.parametrize("pooling", [2, 3])
def test_unpooling_by_a_loop(pooling):
    """The first in raster order of equal values; of windows that name one pixel, the last."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (1, 6, 8, 2)).astype("float32")  # many ties
    values, expected = rng.normal(size=(1, 3, 4, 2)).astype("float32"), np.zeros_like(x)
    for row in range(3):
        for column in range(4):
            for channel in range(2):
                start = (2 * row - (pooling == 3), 2 * column - (pooling == 3))
                window = [(start[0] + down, start[1] + right) for down in range(pooling) for right in range(pooling)]
                window = [(y, z) for y, z in window if 0 <= y < 6 and 0 <= z < 8]
                best = max(window, key=lambda place, c=channel: x[0, place[0], place[1], c])
                expected[0, best[0], best[1], channel] = values[0, row, column, channel]
    np.testing.assert_array_equal(MaxUnpooling(pooling)([values, x]), expected)


@pytest.mark.parametrize(("channels", "filters", "groups", "stride"), [(8, 8, 4, 1), (8, 12, 4, 2), (16, 2, 2, 1)])
def test_groups_see_their_own_channels_only(channels, filters, groups, stride):
    keras.utils.set_random_seed(0)
    layer = GroupedConv2D(filters, 3, groups, stride)
    x = np.random.default_rng(0).normal(size=(1, 6, 6, channels)).astype("float32")
    result, kernel = ops.convert_to_numpy(layer(x)), layer.kernel
    own, made = channels // groups, filters // groups
    for group in range(groups):
        part = x[..., group * own : (group + 1) * own]
        expected = ops.conv(
            part, kernel[..., group * made : (group + 1) * made], stride, "same" if stride == 1 else "valid"
        )
        np.testing.assert_allclose(result[..., group * made : (group + 1) * made], expected, atol=1e-5)


def test_resizing_keeps_corners_at_any_size():
    ramp = np.arange(5, dtype="float32").reshape(1, 1, 5, 1)
    np.testing.assert_allclose(AlignedResize(size=(1, 9))(ramp)[0, 0, :, 0], np.linspace(0, 4, 9), atol=1e-6)
    image = keras.Input((None, None, 1))
    open_size = keras.Model(image, AlignedResize(2)(image))(np.tile(ramp, (1, 4, 1, 1)))
    np.testing.assert_allclose(open_size, AlignedResize(2)(np.tile(ramp, (1, 4, 1, 1))), atol=1e-5)


def test_uneven_windows_overlap():
    x = np.arange(5, dtype="float32").reshape(1, 1, 5, 1)
    np.testing.assert_allclose(AdaptivePooling((1, 3))(x)[0, 0, :, 0], [0.5, 2, 3.5])  # 0-1, 1-3, 3-4
