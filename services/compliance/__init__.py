"""Compliance holds the law of a hire's jurisdiction against its terms, and says what is missing.

It owns the law packs (`packs/`, one file a jurisdiction), the rules that read them (`rules/`, one
file a rule), the decision on each hire (`check.decided.v1`), clear, needs or blocked, made of
findings that name rule, fact, law and inputs, and one question for each fact of law in doubt.
Whatever the law or the terms do not settle is asked of a person; it never passes silently.

| to find                             | look in                              |
|-------------------------------------|--------------------------------------|
| the rule for German probation       | `rules/probation.yaml`, section `DE` |
| what German law says about it       | `packs/DE.yaml`, `probation_max`     |
| when a fact may carry a check       | `pack.py`                            |
| how periods and deadlines are dated | `calendar_duration.py`               |
| how findings become a verdict       | `decisions.py`                       |
| what an answer of a person changes  | `check.py`, `answers.py`             |
| how law in doubt is asked once      | `law_question.py`                    |
| whom legal's answer reaches         | `law_doubts.py`                      |
"""
