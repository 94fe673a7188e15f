"""Links that are sent to people, built on the address the service knows itself by and never on `Host`."""

from __future__ import annotations

from compliance.kernel.context import Context


def invitation_link(ctx: Context, token: str) -> str:
    """The single-use link for setting a password (IDN-8)."""
    return f"{ctx.house.settings.base_url}/invitation/{token}"
