"""Markdown tables."""


def markdown(rows, columns):
    """A Markdown table as text. columns: the heads. rows: of as many cells each; None is an empty one."""
    lines = [columns, ["---"] * len(columns), *rows]
    wrong = [row for row in lines if len(row) != len(columns)]
    if wrong:
        raise ValueError(f"a row of {len(wrong[0])} cells in a table of {len(columns)} columns: {wrong[0]}")
    return "\n".join("| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" for row in lines)
