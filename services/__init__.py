"""One folder a service; none imports another, all meet in the event contracts."""
