"""A file of countries for tests, of the form that the real ones have."""

from __future__ import annotations

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

NOWHERE = "203.0.113.0/24"
NOWHERE_6 = "2001:db8:1::/48"
ELSEWHERE = "198.51.100.0/24"


def a_file_of_countries(path: Path, *, nowhere: str = "AQ") -> Path:
    """Two networks are in the country given, which is Antarctica unless told; one is in the United Kingdom."""
    writer = MMDBWriter(6, ipv4_compatible=True, database_type="Test-Country")
    writer.insert_network(IPSet([NOWHERE, NOWHERE_6]), {"country": {"iso_code": nowhere}})
    writer.insert_network(IPSet([ELSEWHERE]), {"country": {"iso_code": "GB"}})
    fresh = path.with_suffix(".new")
    writer.to_db_file(str(fresh))
    fresh.replace(path)
    return path
