import numpy as np
import pytest
from keras import ops

from tf_portrait.losses import OBJECTIVES, Objective, consistency, cross_entropy, focal, soft_jaccard

RNG = np.random.default_rng(0)
LOGITS, OTHER = (RNG.normal(0, 3, (2, 5, 4, 2)).astype("float32") for _ in range(2))
TARGET = RNG.integers(0, 2, (2, 5, 4)).astype("float32")


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def loop_cross_entropy(logits, target, gamma=0.0):
    p = softmax(logits.astype("float64"))
    total = 0.0
    for index in np.ndindex(*target.shape):
        true = p[index][int(target[index])]
        total -= (1 - true) ** gamma * np.log(true)
    return total / target.size


def loop_kl(teacher, student, temperature):
    q, s = (softmax(x.astype("float64") / temperature) for x in (teacher, student))
    return np.mean(np.sum(q * np.log(q / s), axis=-1)) * temperature**2


def test_cross_entropy_equals_a_loop():
    np.testing.assert_allclose(cross_entropy(LOGITS, TARGET), loop_cross_entropy(LOGITS, TARGET), rtol=1e-5)


def test_soft_labels_are_probabilities():
    half = cross_entropy(LOGITS, np.full_like(TARGET, 0.5))
    both = (cross_entropy(LOGITS, np.ones_like(TARGET)) + cross_entropy(LOGITS, np.zeros_like(TARGET))) / 2
    np.testing.assert_allclose(half, both, rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0])
def test_focal_equals_a_loop(gamma):
    np.testing.assert_allclose(focal(LOGITS, TARGET, gamma), loop_cross_entropy(LOGITS, TARGET, gamma), rtol=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 2.0, 4.0])
def test_consistency_equals_the_written_out_kl(temperature):
    expected = loop_kl(LOGITS, OTHER, temperature)
    np.testing.assert_allclose(consistency(LOGITS, OTHER, temperature), expected, rtol=1e-5)


def test_consistency_of_equal_views_is_zero():
    assert abs(float(consistency(LOGITS, LOGITS))) < 1e-7


def test_extreme_logits_stay_finite():
    wild = np.array([[[[-1e4, 1e4], [1e4, -1e4]]]], "float32")
    target = np.zeros((1, 1, 2), "float32")
    for value in (cross_entropy(wild, target), focal(wild, target), consistency(wild, -wild)):
        assert np.isfinite(float(value))


def test_soft_jaccard_is_one_minus_iou_for_sure_logits():
    pred = np.zeros((1, 10, 10), bool)
    true = np.zeros((1, 10, 10), "float32")
    pred[0, :6], true[0, 3:] = True, 1
    logits = np.stack([np.where(pred, -50.0, 50.0), np.where(pred, 50.0, -50.0)], -1).astype("float32")
    np.testing.assert_allclose(soft_jaccard(logits, true), 1 - 31 / 101, rtol=1e-5)  # both +1


def test_golden_values_of_the_authors_code(shared):
    with np.load(shared / "golden" / "portraitnet_losses.npz") as file:
        golden = dict(file)
    view1, view2, edge = (golden[f"{k}_logits"].transpose(0, 2, 3, 1) for k in ("mask", "view2", "edge"))
    values = {
        "cross_entropy": cross_entropy(view1, golden["mask"]),
        "cross_entropy_view2": cross_entropy(view2, golden["mask"]),
        "focal_gamma2": focal(edge, golden["edge"]),
    }
    for temperature in (1, 2, 4):
        values[f"kl_per_pixel_T{temperature}"] = consistency(view1, view2, temperature)
        values[f"kl_all_elements_T{temperature}"] = consistency(view1, view2, temperature) / 2
    for name, value in values.items():
        assert float(value) == pytest.approx(float(golden[name]), abs=1e-5), name


def gradients(function, *arrays):
    import tensorflow as tf

    inputs = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as tape:
        value = function(*inputs)
    return [None if g is None else ops.convert_to_numpy(g) for g in tape.gradient(value, inputs)]


def test_no_gradient_reaches_the_teacher():
    teacher, student = gradients(consistency, LOGITS, OTHER)
    assert teacher is None or not teacher.any()
    assert student.any()


def test_detached_focal_weight_carries_no_gradient():
    p = softmax(LOGITS)
    true = np.take_along_axis(p, TARGET[..., None].astype(int), -1)
    onehot = np.stack([1 - TARGET, TARGET], -1)
    expected = (1 - true) ** 2 * (p - onehot) / TARGET.size
    np.testing.assert_allclose(gradients(lambda x: focal(x, TARGET), LOGITS)[0], expected, atol=1e-6)


VIEWS = tuple(
    {
        "mask": RNG.normal(size=(2, 5, 4, 2)).astype("float32"),
        "boundary": RNG.normal(size=(2, 5, 4, 2)).astype("float32"),
    }
    for _ in range(2)
)
BOUNDARY = RNG.integers(0, 2, (2, 5, 4)).astype("float32")


def expected_total(name):
    first, second = VIEWS
    ce = [loop_cross_entropy(view["mask"], TARGET) for view in VIEWS]
    edge = [loop_cross_entropy(view["boundary"], BOUNDARY, 2) for view in VIEWS]
    kl = [loop_kl(first[head], second[head], 1) for head in ("mask", "boundary")]
    return {
        "M": ce[1],
        "B": ce[1] + 0.1 * edge[1],
        "C": sum(ce) + 2 * kl[0],
        "full": sum(ce) + 2 * kl[0] + 0.3 * edge[1],
        "report": sum(ce) + 2 * kl[0] + 2 * kl[1] + 0.3 * sum(edge),
    }[name]


@pytest.mark.parametrize("name", ["M", "B", "C", "full", "report"])
def test_objectives_are_the_papers_sums(name):
    objective = OBJECTIVES[name]
    first = VIEWS[0] if objective.views == 2 else None
    terms = objective(first, VIEWS[1], TARGET, BOUNDARY)
    np.testing.assert_allclose(terms["total"], expected_total(name), rtol=1e-5)
    assert set(terms) == {*objective.names, "total"}


def test_views_are_counted_by_need():
    assert [OBJECTIVES[name].views for name in ("M", "B", "C", "full", "report")] == [1, 1, 2, 2, 2]
    assert Objective(boundary=0.3, boundary_on="both").views == 2
