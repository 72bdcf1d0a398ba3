"""The worker's tasks: a few lines each, which read the clock and call one rule."""
