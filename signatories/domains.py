"""Which mail domains can be an organisation's own (LIC-2, OP 6.1)."""

from __future__ import annotations

from collections.abc import Collection

from compliance.identity.addresses import normalise_domain

from .errors import NotOwnDomain


def own_domain(given: str, *, providers: Collection[str], suffixes: Collection[str]) -> str:
    """The domain as its A-labels in lower case; raises NotOwnDomain, at `/domain`, for one nobody can own alone.

    Refused: a provider of personal mail or anything below it, and a name under which others register theirs,
    such as `co.uk` or `police.uk`. What is no domain at all is Invalid.
    """
    domain = normalise_domain(given.strip().removeprefix("@").removesuffix("."), pointer="/domain")
    labels = domain.split(".")
    if any(".".join(labels[place:]) in providers for place in range(len(labels))):
        raise NotOwnDomain.at("/domain", "This is a provider of personal e-mail. Use the organisation's own domain.")
    if domain in suffixes:
        raise NotOwnDomain.at("/domain", "Many organisations share this ending. Use the organisation's own domain.")
    return domain
