"""WireGuard: one peer for each hire, its address unique, its keys sealed."""
