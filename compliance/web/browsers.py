"""What a browser calls itself, in plain words: enough for somebody to know their own again, and no more."""

from __future__ import annotations

import re

_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
"""The first that fits: most browsers also call themselves by the names of those further down."""

_SYSTEMS = (
    (r"iPhone|iPod", "an iPhone"),
    (r"iPad", "an iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "a Chromebook"),
    (r"Mac OS X|Macintosh", "a Mac"),
    (r"Linux|X11", "Linux"),
)


def named(agent: str | None) -> str:
    """*Firefox on Windows*; what is not known is not guessed at."""
    browser = _first(_BROWSERS, agent or "")
    if browser is None:
        return "A program or browser we do not know"
    system = _first(_SYSTEMS, agent or "")
    return f"{browser} on {system}" if system else browser


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str | None:
    return next((words for pattern, words in known if re.search(pattern, agent)), None)
