"""The network as phones run it: lowered, folded, rounded, counted."""
