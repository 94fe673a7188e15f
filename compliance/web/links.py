"""Links that are handed to people, built on the address the service knows itself by and never on `Host`."""

from __future__ import annotations

from flask import url_for

from compliance.kernel.context import house


def invitation_link(token: str) -> str:
    """The single-use link for setting a password (IDN-8)."""
    return house().settings.base_url + url_for("sign_in.invitation", token=token)
