"""How fast it is, measured as ratios against peers in the same run."""
