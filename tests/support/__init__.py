"""What tests stand on: real databases and a real browser, ready to be imported as fixtures by `tests/conftest.py`."""
