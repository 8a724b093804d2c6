"""Onboarding owns the journey of each hire, from the HR system's word until the person has left.

It owns the front doors of HR systems (`sources`), what they report in the clear for a moment
(`report`), the journey's state, its tasks (`plan`, `task_templates`) and the access that hangs on
it (`vpn`). Nobody else writes these; others learn of them from its events.
"""
