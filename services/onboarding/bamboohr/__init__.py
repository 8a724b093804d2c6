"""BambooHR's API: employees are fetched from it, and asked for what has changed."""
