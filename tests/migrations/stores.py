"""A store that has been lived in, built once in a run and copied for each test."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from signatories import use_cases as signatories
from tests.builders import identity as people
from tests.builders import licences
from tests.builders import signatories as partners


def lived_in(url: str) -> None:
    """Bring the empty database at `url` up and use it: partners who signed, refused and left, people, a licence."""
    with tempfile.TemporaryDirectory() as directory:
        keys = Path(directory) / "keys.json"
        create_key_file(keys)
        settings = Settings(url, "http://127.0.0.1:8000", keys, REPOSITORY / "policies", Path(directory))
        app = create_app(settings, FixedClock(datetime(2026, 11, 20, 10, 0, tzinfo=UTC)))
        with app.app_context():
            upgrade()
        house = house_of(app)
        version = partners.the_instruments(house)["op"]
        licences.seats(house)
        licences.a_licence(house, licences.an_organisation(house, "swale"))
        refusing = partners.an_organisation(house, "orbit")
        with house.work(*partners.a_signer(house, refusing)) as ctx:
            signatories.refuse_to_sign(ctx, refusing, version, reasons="Not yet.")
        partners.withdraws(house, partners.a_signatory(house, "dover"))
        people.an_account(house, "hub_manager")
        house.engine.dispose()
