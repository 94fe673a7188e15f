"""A link to where an organisation publishes something: checked for what it is, never opened by the service."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from compliance.identity.addresses import normalise_domain
from compliance.kernel import text
from compliance.kernel.errors import Invalid

LONGEST = 500

_PLAIN = re.compile(r"[!-~]*")


def checked(given: str, *, pointer: str) -> str:
    """The link as it is kept: `https`, to a named host, its name as the A-label, so that none reads as another.

    Raises Invalid at `pointer`. No password, no other port, no bare network address, nothing invisible.
    """
    link = text.line(given, pointer=pointer, limit=LONGEST)
    wrong = Invalid.at(pointer, "Enter a link that begins with https:// and names a public website.")
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443) or "." not in host or ":" in host:
        raise wrong
    if host.rpartition(".")[2].isdigit():
        raise wrong
    name = normalise_domain(host, pointer=pointer)
    rest = link.partition("//")[2][len(parts.netloc) :]
    if not _PLAIN.fullmatch(rest):
        raise Invalid.at(pointer, "Copy the link as the browser shows it, without spaces or special characters.")
    return f"https://{name}{rest}"


def host_of(link: str) -> str:
    """The name of the website that a kept link leads to."""
    return urlsplit(link).hostname or ""
