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


def main() -> None:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser(description="A small MARAC case system that stands on the compliance service.")
    parser.add_argument(
        "--kit", action="store_true", help="answer the conformance kit; never where there are real cases"
    )
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    settings = Settings(
        service_url=os.environ["CASE_SYSTEM_SERVICE"], client_id=os.environ["CASE_SYSTEM_CLIENT"],
        secret=os.environ["CASE_SYSTEM_SECRET"], base_url=os.environ.get("CASE_SYSTEM_URL", "http://127.0.0.1:8001"),
        var=Path(os.environ.get("CASE_SYSTEM_VAR", "var/case_system")), log_keys=_lines(os.environ.get("CASE_SYSTEM_LOG_KEYS")),
        kit=asked.kit,
    )  # fmt: skip
    app = create_app(settings)
    if not asked.kit:
        service, store = app.extensions["compliance"], app.extensions["store"]
        Beside(store, service, watcher(service, settings.log_keys, Kept(settings.var / "checkpoint"))).start()
    where = urlsplit(settings.base_url)
    make_server(where.hostname or "127.0.0.1", where.port or 80, app, threaded=True).serve_forever()


def _lines(path: str | None) -> tuple[str, ...]:
    return tuple(Path(path).read_text().split()) if path else ()


if __name__ == "__main__":
    main()
