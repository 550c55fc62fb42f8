import pytest

from tf_portrait.exporting.gates import Gate, gates_of

MEGABYTE = 1_000_000
KERAS = {"iou": 0.95, "boundary_f1": 0.90}
GOOD = {
    "iou": 0.949,
    "boundary_f1": 0.897,
    "label_agreement": 0.996,
    "max_difference": 5e-5,
    "bytes": 34 * MEGABYTE,
    "ops": {},
    "custom_ops": [],
    "dynamic_ops": [],
    "inner_conversions": 0,
    "xnnpack_whole": True,
    "gpu_problems": [],
}


def missed(kind, **changes):
    gates = gates_of(kind, "file", {**GOOD, **changes}, KERAS, 100 * MEGABYTE, 0.002, 0.005)
    return [gate.what for gate in gates if not gate.passed]


def test_a_good_int8_file_passes():
    assert missed("int8") == []


@pytest.mark.parametrize(
    ("kind", "changes", "what"),
    [
        ("int8", {"iou": 0.9479}, "IoU drop"),
        ("int8", {"boundary_f1": 0.8949}, "boundary F1 drop"),
        ("int8", {"label_agreement": 0.9949}, "label agreement"),
        ("int8", {"bytes": 36 * MEGABYTE}, "size against float32"),
        ("int8", {"inner_conversions": 1}, "conversions inside"),
        ("int8", {"xnnpack_whole": False}, "XNNPACK takes all but the edges"),
        ("float32", {"max_difference": 2e-4}, "max difference"),
        ("float32", {"dynamic_ops": ["PACK"]}, "custom and dynamic-shape operations"),
        ("float32", {"gpu_problems": ["ERF"]}, "operations that the GPU leaves out"),
        ("float16", {"iou": 0.9494, "boundary_f1": 0.5}, "IoU drop"),
        ("mlmodel", {"max_difference": 0.011}, "max difference"),
    ],
)
def test_each_miss_is_seen_alone(kind, changes, what):
    assert missed(kind, **{"iou": 0.95, **changes}) == [what]


def test_a_gain_is_no_drop_and_a_miss_says_by_how_much():
    assert missed("int8", iou=0.96, boundary_f1=0.95) == []
    assert str(Gate("a.tflite", "IoU drop", 0.0031, 0.002)) == "a.tflite: IoU drop 0.0031 > 0.002, missed by 0.0011"
    assert str(Gate("a", "label agreement", 0.99, 0.995, True)) == "a: label agreement 0.99 < 0.995, missed by 0.005"
    assert str(Gate("a", "IoU drop", 0.001, 0.002)) == "a: IoU drop 0.001 <= 0.002"


def test_the_size_of_a_file_that_is_mostly_graph_is_not_judged():
    facts = {**GOOD, "bytes": 400_000}  # SINet: 417,520 of 511,688
    whats = [gate.what for gate in gates_of("int8", "file", facts, KERAS, 510_000, 0.002, 0.005)]
    assert "size against float32" not in whats and "label agreement" in whats


def test_drawn_portraits_may_agree_a_little_less():
    facts = {**GOOD, "iou": 0.95, "label_agreement": 0.992}
    assert [
        gate.what for gate in gates_of("int8", "file", facts, KERAS, 100 * MEGABYTE, 0.002, 0.005) if not gate.passed
    ]
    assert all(gate.passed for gate in gates_of("int8", "file", facts, KERAS, 100 * MEGABYTE, 0.002, 0.005, real=False))


def test_others_are_reported_but_not_gated():
    assert gates_of("ptq", "file", GOOD, KERAS, 100 * MEGABYTE, 0.002, 0.005) == []
    assert gates_of("linear8.mlmodel", "file", GOOD, KERAS, 100 * MEGABYTE, 0.002, 0.005) == []
