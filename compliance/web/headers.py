"""What every page says to the browser about itself: what it may load, keep, and be framed by (nothing from elsewhere)."""

from __future__ import annotations

from flask import Response, g, request

from compliance.kernel.context import house

POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
"""Nothing inline, nothing from another host, in nobody's frame."""

FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "midi", "payment",
        "screen-wake-lock", "usb",
    )
) + ", publickey-credentials-create=(self), publickey-credentials-get=(self)"  # fmt: skip
"""What no page of ours needs is given to none; passkeys are made and used by our own pages alone."""

A_YEAR = 31_536_000


def add(response: Response) -> Response:
    """Put the headers on; pages are never kept by a browser or a proxy, style sheets are."""
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = FEATURES
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers.remove("Server")
    if "request_id" in g:
        headers["X-Request-ID"] = g.request_id
    if house().settings.secure:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
    if request.endpoint == "assets.file":
        headers["Cache-Control"] = "public, max-age=3600"
    else:
        headers["Cache-Control"] = "no-store"
        headers["Vary"] = "Cookie"
    return response
