"""What the services share: the event contracts, and the kernel that runs them."""
