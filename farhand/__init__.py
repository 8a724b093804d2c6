"""The `farhand` command: everything the services need, started from packages on one machine."""
