import pytest
from matplotlib.figure import Figure

from tf_portrait import plots, tables


def test_a_table_has_a_line_a_row():
    assert tables.markdown([["a", 1], ["b", None]], ["", "n"]) == "|  | n |\n| --- | --- |\n| a | 1 |\n| b |  |"
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        tables.markdown([["a"]], ["x", "y"])


def test_a_plot_is_a_png(tmp_path):
    plots.save(tmp_path / "new" / "plot.png", Figure((1, 1)))
    assert (tmp_path / "new" / "plot.png").read_bytes().startswith(b"\x89PNG")
