"""The verdicts on the papers' claims, and that every run that a table asks for can be trained."""

import pytest

from benchmarks import equal_budget, papers
from tf_portrait.evaluation.corruptions import CORRUPTIONS
from tf_portrait.metrics import METRICS
from tf_portrait.training.recipe import override
from tf_portrait.training.recipes import get_recipe


@pytest.mark.parametrize(
    ("better", "worse", "word"),
    [
        ([90.0], [89.0], "repeated"),
        ([90.0], [89.6], "not seen"),
        ([88.0], [89.0], "contradicted"),
        ([90.0, 88.0, 92.0], [89.0, 89.0, 89.0], "not seen"),  # its seeds are four points apart
        ([95.0, 94.0], [90.0, 91.0], "repeated"),
    ],
)
def test_a_verdict_needs_more_than_the_seeds_differ(better, worse, word):
    found, difference = papers.verdict(better, worse)
    assert found == word and difference == pytest.approx(sum(better) / len(better) - sum(worse) / len(worse))


def test_tables_and_claims_are_of_runs_and_scores_that_exist():
    scores = {*METRICS, *CORRUPTIONS}
    for names, printed in papers.TABLES.values():
        assert set(names) <= scores and set(printed) <= set(equal_budget.RUNS)
        assert all(len(values) == len(names) for values in printed.values())
    for _, better, worse, score in papers.CLAIMS:
        assert {better, worse} <= set(equal_budget.RUNS) and score in scores


def test_every_run_is_a_recipe():
    for part, changes in equal_budget.RUNS.values():
        assert 0 < part <= 1
        override(get_recipe(equal_budget.RECIPE), [*equal_budget.SHARED, "size=96", *changes])


def test_a_page_without_runs_says_so():
    text = papers.page({})
    assert "| m | - (96.32) |" in text and text.count("not trained") == len(papers.CLAIMS)
    scores = dict.fromkeys((*METRICS, *CORRUPTIONS), 90.0)
    text = papers.page({"b": [scores], "m": [scores | {"iou": 88.0}]})
    assert "| b | 90.00 (96.54) |" in text and "| the boundary loss helps | b, m | iou | +2.00 | repeated |" in text
