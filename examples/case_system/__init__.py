"""A small MARAC case system that stands on the compliance service: it keeps cases, and leaves who may see them to the service.

It was written from docs/case-system.md and openapi.json. It holds no real person: its cases are made up.
"""
