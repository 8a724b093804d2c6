"""The benchmark: one workload, the same for all, carried by Farhand's kernel and by its peers.

`make bench` brings the embedded stack up, takes the contenders in turn, checks every row that each
of them leaves, and writes docs/benchmarks.md from what it measured.
"""
