"""How the service speaks to its operator: one JSON object a line, on standard error; ids and codes, nothing secret."""

from __future__ import annotations

import logging
import sys

import structlog


def start_logging() -> None:
    """Set every process of ours to speak alike."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
