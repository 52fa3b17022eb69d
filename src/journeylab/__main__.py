"""``python -m journeylab``: the command line."""

from journeylab.cli import main

main()
