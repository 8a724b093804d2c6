"""The whole product under a burst: real hires through every service, by its front doors.

`measure.py` sends and waits, `watch.py` sees how far the hires are, `report.py` writes.
"""
