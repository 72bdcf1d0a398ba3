"""Pure functions on curves: resampling, comparing, and the figures that describe a curve."""
