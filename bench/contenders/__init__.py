"""The contenders: each carries workload W in its own way, and is judged by the same check."""
