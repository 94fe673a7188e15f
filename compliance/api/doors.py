"""Mounting the programs' door on the application."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Mount every API blueprint."""
