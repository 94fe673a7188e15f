"""Making the tables: the same migrations that an operator runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask_migrate import upgrade

from compliance.app import furnished, house_of
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings


def migrated(url: str) -> None:
    """Bring the empty database at `url` up to the newest migration."""
    with tempfile.TemporaryDirectory() as directory:
        keys = Path(directory) / "keys.json"
        create_key_file(keys)
        app = furnished(Settings(url, "http://127.0.0.1:8000", keys, REPOSITORY / "policies", Path(directory)))
        with app.app_context():
            upgrade()
        house_of(app).engine.dispose()
