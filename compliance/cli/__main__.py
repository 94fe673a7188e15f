"""`python -m compliance.cli`, the same as `compliance`."""

from . import main

main()
