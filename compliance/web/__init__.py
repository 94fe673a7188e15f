"""The people's door: pages."""
