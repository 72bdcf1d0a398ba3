"""What the benchmarks stand on: a server of their own, filled by set-based SQL, and a stopwatch."""
