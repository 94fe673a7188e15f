"""What the doctor says of the policy and of the file of countries: a rule that cannot be kept is named (IDN-7, IDN-9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.app import furnished, house_of
from compliance.cli.doctor import CHECKS, examine
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.settings import Settings
from tests.builders.countries import a_file_of_countries
from tests.builders.policies import behind_the_back, changed
from tests.support.installation import Installation

COUNTRIES = next(check for check in CHECKS if "Countries" in (check.__doc__ or ""))


def nothing(path: Path) -> None:
    """No file at all."""


def rubbish(path: Path) -> None:
    path.write_bytes(b"rubbish")


def whole(path: Path) -> None:
    a_file_of_countries(path)


@pytest.mark.rule("IDN-7")
@pytest.mark.parametrize(
    ("put", "refused", "says"),
    [
        (None, [], None),
        (None, ["AQ"], "set COMPLIANCE_COUNTRIES"),
        (nothing, [], "cannot be read"),
        (rubbish, [], "cannot be read"),
        (rubbish, ["AQ", "BV"], "nobody is refused for coming from AQ, BV"),
        (whole, ["AQ"], None),
        (whole, [], None),
    ],
)
def test_the_doctor_says_when_the_country_rule_cannot_be_kept(
    sqlite_settings: Settings,
    clock: FixedClock,
    tmp_path: Path,
    put: Callable[[Path], None] | None,
    refused: list[str],
    says: str | None,
) -> None:
    file = tmp_path / "countries.mmdb"
    if put:
        put(file)
    house = house_of(furnished(replace(sqlite_settings, countries_file=file if put else None), clock))
    if refused:
        changed(house, "countries.refused_countries", refused)

    found = list(COUNTRIES(house))

    assert [says in each for each in found] == [True] if says else found == []
    house.engine.dispose()


@pytest.mark.rule("IDN-7")
def test_a_broken_file_of_countries_ends_the_doctors_look_with_1(installation: Installation, tmp_path: Path) -> None:
    rubbish(tmp_path / "countries.mmdb")

    said = installation.tries("doctor", COMPLIANCE_COUNTRIES=str(tmp_path / "countries.mmdb"))

    assert (said.code, "countries.mmdb cannot be read" in said.out) == (1, True)


@pytest.mark.rule("DEC-3", "IDN-9")
def test_a_policy_below_its_floor_is_named_and_every_other_look_is_still_taken(sqlite_house: House) -> None:
    app = furnished(sqlite_house.settings, sqlite_house.clock)
    behind_the_back(sqlite_house, "sessions.idle_minutes", "600")

    found = examine(app)

    assert len(found) == len(CHECKS)
    [policy] = [each for each in found if "stands on its floor" in each.check]
    assert (policy.well, "idle_minutes must lie between 1 and 30" in policy.says) == (False, True)
    house_of(app).engine.dispose()
