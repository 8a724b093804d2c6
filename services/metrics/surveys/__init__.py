"""Pulse surveys whose answers nobody can trace: what is asked, kept and released, and what never.

Who was invited is known; who answered, and when, is not: a ballot has no name and no time. One
wave is released once, after it closed, and only sums from which no small group follows.
"""
