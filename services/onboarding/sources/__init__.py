"""One module for each HR system that may report hires; all of them are pure."""
