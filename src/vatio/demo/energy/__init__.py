"""Believable load curves for the demo: computed from a seed and a day, stored nowhere."""
