from tests.conftest import ROOT
from tf_portrait.training.recipes import RECIPES
from tools import recipes_doc


def test_the_page_says_what_the_recipes_are():
    text = recipes_doc.PAGE.read_text()
    assert recipes_doc.page(text) == text, "run: python tools/recipes_doc.py"


def test_every_recipe_has_a_row_and_every_named_test_is_there():
    text = recipes_doc.PAGE.read_text()
    assert all(f"| `{name}` |" in text for name in RECIPES)
    named = [word.strip("`") for word in text.split() if word.startswith("`tests/")]
    assert len(named) == 4 and all((ROOT / name).is_file() for name in named)
