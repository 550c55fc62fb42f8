"""From a trained model to files for phones, and the proof that they do the same."""
