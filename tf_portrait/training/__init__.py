"""Training: recipes, the two-view model, the loop."""
