"""What the worker runs: a few lines each, which read the clock and call one rule."""
