"""The events of the benchmark's four services, and what the HR system says: a module an emitter."""
