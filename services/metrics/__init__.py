"""What the pipelines and the line itself say, kept as an event log and turned into figures.

Metrics owns the event log of deliveries and hires, the facts folded from it, the definitions of
the KPIs (`kpis/*.yaml`) and every figure with its revisions. It tells the others each time a
figure changes; it asks nothing of them. How figures come about stands in `projection`.
"""
