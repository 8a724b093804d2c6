"""The ops console: where people see every hire, every figure and every trouble, and decide.

Console owns its read model, projected from what the other services tell; accounts, sessions and
what each role may do (`policy.cedar`); and the audit log. It asks nothing of another service's
database: what somebody decides here leaves as an event, and its owner decides about it.
"""
