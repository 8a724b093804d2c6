"""Workload W: what is sent, what has to be decided, and what must stand in the database after it.

A hire event of about 600 bytes stands on Kafka. Four services follow each other, each of which
takes an event, changes its state exactly once and passes an event on: a journey is begun; a ruling
is made over twenty rules; two tasks are opened, done by an automatic adapter, and closed; one
notice is written. Everything is durable: fsync and synchronous_commit are on.
"""
