"""The demo: two weeks of a company that hires, told in two minutes through the real front doors."""
