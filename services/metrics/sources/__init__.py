"""Sources: one module for each sender, from what it sends to observations."""
