"""The demo's clock: moved forward, with the work that each day brings."""
