"""notify owns what people are told: every letter, when it may go out, and what became of it.

It reads the life of each hire from onboarding and keeps one correspondence a hire: what is asked
of whom, what waits for its reader's working hours, what went out. A letter says first what is
asked of whom by when, is held and never dropped, and is sent once in effect. Its receipts are
`message.held.v1`, `message.sent.v1` and `message.failed.v1`.
"""
