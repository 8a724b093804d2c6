"""`python -m farhand`."""

from farhand.cli import main

main()
