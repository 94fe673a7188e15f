"""Write the documents that the suite holds the code to: `python -m tests.inventory.write`, or `make docs`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from compliance.app import create_app, house_of
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from policies.values import packaged
from tests.inventory import asvs, own, permissions, rules
from tests.inventory.contract import document, writing


def main() -> None:
    """Write docs/rules.md, docs/permissions.md, docs/own-records.md, docs/asvs.md, and the contract: compliance/api/openapi.json."""
    with tempfile.TemporaryDirectory() as directory:
        keys = Path(directory) / "keys.json"
        create_key_file(keys)
        url = f"sqlite:///{directory}/never-opened.db"
        app = create_app(Settings(url, "http://127.0.0.1:8000", keys, REPOSITORY / "policies", Path(directory)))
        permissions.DOCUMENT.write_text(permissions.write(app))
        house_of(app).engine.dispose()
    rules.DOCUMENT.write_text(rules.write(rules.rules()))
    own.DOCUMENT.write_text(own.write(packaged()))
    asvs.DOCUMENT.write_text(asvs.write(asvs.requirements()))
    document.DOCUMENT.write_text(writing.contract())


if __name__ == "__main__":
    main()
