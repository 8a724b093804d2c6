"""Kafka, PostgreSQL, Valkey, Zipkin and a mail box from packages: a module a part.

Each has `part(...)`: how it is prepared, started, asked whether it is ready, and stopped.
"""
