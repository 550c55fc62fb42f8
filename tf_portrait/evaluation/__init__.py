"""Scores on photos with masks: of one model, of several beside each other, of all networks."""
