"""The governance, licensing and information-sharing compliance service behind a MARAC."""
