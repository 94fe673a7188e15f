"""Whether what passes between the service and its store can be read by others: the doctor says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.cli.doctor import CHECKS
from compliance.kernel.context import House

TRANSPORT = next(check for check in CHECKS if "TLS" in (check.__doc__ or ""))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///marac.sqlite",
        "postgresql+psycopg://marac@localhost/marac",
        "postgresql+psycopg://marac@127.0.0.1:5433/marac",
        "postgresql+psycopg:///marac?host=/var/run/postgresql",
        "postgresql+psycopg://marac@store.example/marac?sslmode=verify-full",
    ],
)
def test_a_store_on_this_machine_or_behind_a_checked_certificate_is_well(sqlite_house: House, url: str) -> None:
    sqlite_house.settings = replace(sqlite_house.settings, database_url=url)

    assert list(TRANSPORT(sqlite_house)) == []


@pytest.mark.parametrize("more", ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=require"])
def test_a_store_elsewhere_without_one_is_wrong_and_the_mend_is_named(sqlite_house: House, more: str) -> None:
    url = f"postgresql+psycopg://marac@store.example/marac{more}"
    sqlite_house.settings = replace(sqlite_house.settings, database_url=url)

    assert ["sslmode=verify-full" in says for says in TRANSPORT(sqlite_house)] == [True]
