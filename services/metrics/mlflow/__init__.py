"""What MLflow's webhooks leave out: the runs behind the versions, asked for over its REST API."""
