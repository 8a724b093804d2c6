"""Farhand's kernel with workload W: four services, each a decider, wired as every service of ours.

Each is a process of its own with everything switched on that the product has: every body validated
against its contract, cursor and inbox, outbox and hand-off, effects, timers, dead letters, spans.
`python -m bench.contenders.kernel SERVICE`
"""
