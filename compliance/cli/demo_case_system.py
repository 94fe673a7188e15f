"""The demo's case system: `examples/case_system` beside the service, on the next port that is free.

It is a client like any other: it has an id and a secret, and addresses that are registered with it. So where the demo is
started on another port than before, another client is let in for the new addresses.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from flask import Flask

from audit.sealing import verifiers
from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import SCOPES
from compliance.kernel.context import Context
from compliance.kernel.settings import Settings

from .demo_stage import THE_OPERATOR
from .demo_told import Told

MODULE = "examples.case_system"
NETWORKS = "127.0.0.0/8"
"""Where the service may tell it that somebody's sign-in ended: on this machine."""

_PORTS = 20
_READY_WITHIN_SECONDS = 20.0


def beside(base_url: str) -> str:
    """The address on the next port that is free, by the name that the service goes by. Raises RuntimeError where none is."""
    parts = urlsplit(base_url)
    first = (parts.port or 8000) + 1
    for port in range(first, first + _PORTS):
        with socket.socket() as asked:
            # Whoever was there a moment ago, and is not any more, is not in the way.
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                asked.bind(("127.0.0.1", port))
            except OSError:
                continue
        return f"http://{parts.hostname}:{port}"
    raise RuntimeError(f"No port from {first} to {first + _PORTS - 1} is free for the case system.")


def registered(ctx: Context, address: str) -> dict[str, Any]:
    """Let it in, with everything that it asks for; gives what the demo tells of it."""
    back_channel = f"http://127.0.0.1:{urlsplit(address).port}/back-channel-logout"
    client, secret = identity.register_client(
        ctx, name="Case system (demo)", scopes=SCOPES, redirects=[f"{address}/signed-in"],
        logout_redirects=[f"{address}/signed-out"],
        back_channel=back_channel if ctx.house.settings.outward_networks else None,
    )  # fmt: skip
    return {"id": client.client_id, "secret": secret, "scopes": list(SCOPES), "base_url": address}


def moved(app: Flask, told: Told) -> Told:
    """The same, with a client for where the case system is to be now; the one before opens as ever."""
    address = beside(told["base_url"])
    if told["client"].get("base_url") == address:
        return told
    with house_of(app).work(THE_OPERATOR) as ctx:
        return told | {"client": registered(ctx, address)}


def hand_over_keys(app: Flask, settings: Settings) -> None:
    """Give it the public keys of the log, so that it watches the log grow (AUD-3)."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    keys = "".join(f"{verifier}\n" for verifier in verifiers(house_of(app)))
    (folder / "log-keys").write_text(keys)


def environment(settings: Settings, told: Told) -> dict[str, str]:
    """What it is started with."""
    client, folder = told["client"], _folder(settings)
    return {
        "CASE_SYSTEM_SERVICE": settings.base_url,
        "CASE_SYSTEM_CLIENT": client["id"],
        "CASE_SYSTEM_SECRET": client["secret"],
        "CASE_SYSTEM_URL": client["base_url"],
        "CASE_SYSTEM_VAR": str(folder),
        "CASE_SYSTEM_LOG_KEYS": str(folder / "log-keys"),
    }


def answers(told: Told) -> bool:
    """Whether it came up, which takes a second or two."""
    until = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{told['client']['base_url']}/live", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return True
        except (URLError, OSError):
            time.sleep(0.3)
    return False


def _folder(settings: Settings) -> Path:
    return settings.var_dir / "case_system"
