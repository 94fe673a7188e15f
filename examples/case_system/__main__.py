"""`python -m examples.case_system`: run it beside the service. Settings come from the environment; `--kit` opens the kit's hook."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.serving import make_server

from compliance.client import Kept

from .app import Settings, create_app
from .following import Beside, watcher

DEFAULT_URL = "http://127.0.0.1:8001"


def main() -> None:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser(description="A small MARAC case system that stands on the compliance service.")
    parser.add_argument(
        "--kit", action="store_true", help="answer the conformance kit; never where there are real cases"
    )
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = _settings(kit=asked.kit)
    app = create_app(settings)
    if not asked.kit:
        service, store = app.extensions["compliance"], app.extensions["store"]
        Beside(store, service, watcher(service, settings.log_keys, Kept(settings.var / "checkpoint"))).start()
    # It answers this machine alone, whatever name it goes by here; a real one stands behind TLS.
    make_server("127.0.0.1", urlsplit(settings.base_url).port or 80, app, threaded=True).serve_forever()


def _settings(*, kit: bool) -> Settings:
    given = os.environ
    return Settings(
        service_url=given["CASE_SYSTEM_SERVICE"].rstrip("/"), client_id=given["CASE_SYSTEM_CLIENT"],
        secret=given["CASE_SYSTEM_SECRET"], base_url=given.get("CASE_SYSTEM_URL", DEFAULT_URL).rstrip("/"),
        var=Path(given.get("CASE_SYSTEM_VAR", "var/case_system")), log_keys=_lines(given.get("CASE_SYSTEM_LOG_KEYS")),
        seconds=float(given.get("CASE_SYSTEM_SECONDS", "2")), kit=kit,
    )  # fmt: skip


def _lines(path: str | None) -> tuple[str, ...]:
    return tuple(Path(path).read_text().split("\n")[:-1]) if path else ()


if __name__ == "__main__":
    main()
