"""Pictures of figures over time, as pages draw them; they are drawn for pages and for papers alike (LIC-11)."""

from __future__ import annotations

from compliance.papers.pictures import HEIGHT, WIDTH, Chart, Series, columns, lines

__all__ = ["HEIGHT", "WIDTH", "Chart", "Series", "columns", "lines"]
