"""From a trained network to files that phones run, and the proof that they do the same."""
