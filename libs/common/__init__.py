"""The kernel: batches in, pure decisions, one transaction, batches out."""
