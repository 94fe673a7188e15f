"""`compliance export outage-pack`, and what the doctor says of the packs that lie in folders (GOV-3)."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from compliance.app import furnished, house_of
from compliance.cli.findings import Remark, outage_packs
from compliance.governance.outages import archive, keeping, sealing
from compliance.governance.outages.models import OutagePack
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.settings import Settings
from policies.values import packaged
from tests.builders.identity import every, logged
from tests.builders.outages import PASSPHRASE, a_kept_pack, a_passphrase, a_register
from tests.support.installation import Installation

LONGEST = timedelta(hours=packaged().outage_packs.pack_oldest_hours)


@pytest.mark.rule("GOV-3")
def test_a_pack_is_made_kept_and_written_to_a_new_file_that_its_owner_alone_reads(
    seeded: Installation, tmp_path: Path
) -> None:
    to = tmp_path / "pack.age"
    refused = seeded.tries("export", "outage-pack", "--to", str(to))
    assert (refused.code, to.exists()) == (1, False)
    assert "There is no passphrase yet" in refused.err
    assert "(GOV-3)" in refused.err

    house = house_of(furnished(Settings.from_environment(seeded.environment)))
    a_passphrase(house)
    said = seeded.tries("export", "outage-pack", "--to", str(to))
    assert said.code == 0, said.err
    assert "reading the registers" in said.err, "it says how far it is"
    assert "Passphrase number 1 opens it." in said.out
    assert PASSPHRASE not in said.out + said.err
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    manifest = archive.opened(to.read_bytes(), PASSPHRASE)
    assert manifest.service == seeded.base_url
    assert len(every(house, OutagePack)) == 1
    (kept,) = (seeded.var / "outage-packs").iterdir()
    assert kept.read_bytes() == to.read_bytes()
    assert (len(logged(house, "outage_pack.made")), len(logged(house, "outage_pack.fetched"))) == (1, 1)

    before = to.read_bytes()
    again = seeded.tries("export", "outage-pack", "--to", str(to))
    assert (again.code, to.read_bytes()) == (1, before)
    assert "is there already" in again.err
    nowhere = seeded.tries("export", "outage-pack", "--to", str(tmp_path / "no" / "pack.age"))
    assert nowhere.code == 1
    assert "cannot be written to" in nowhere.err
    assert len(every(house, OutagePack)) == 1, "nothing is made that cannot be handed out"
    checks = json.loads(seeded.tries("doctor", "--json").out)
    assert {each["well"] for each in checks if "GOV-3" in each["check"]} == {True}
    house.engine.dispose()


@pytest.fixture
def keeping_twice(house: House, tmp_path: Path) -> House:
    """A house with two folders of packs, one of them on what passes for another machine's disk."""
    (tmp_path / "copies").mkdir()
    settings = replace(house.settings, outage_folder=tmp_path / "own", outage_copies=tmp_path / "copies")
    return replace(house, settings=settings)


def wrong(house: House) -> list[str]:
    return [says for says in outage_packs(house) if not isinstance(says, Remark)]


@pytest.mark.rule("GOV-3")
def test_the_doctor_opens_the_newest_pack_of_each_folder(keeping_twice: House, clock: FixedClock) -> None:
    house = keeping_twice
    own, copies = keeping.folders(house.settings)
    (none,) = outage_packs(house)
    assert isinstance(none, Remark), "nobody has made a passphrase: that is for a manager to do"
    assert "there is no passphrase" in none

    a_register(house)
    a_passphrase(house)
    assert wrong(house) == [], "the first pack has its day"
    clock.move(LONGEST + timedelta(seconds=1))
    assert [says.split(" holds ")[0] for says in wrong(house)] == [str(own), str(copies)]

    packed = a_kept_pack(house)
    assert list(outage_packs(house)) == []
    a_passphrase(house, "another one altogether", number=2)
    assert list(outage_packs(house)) == [], "an older pack opens with its own passphrase"

    name = keeping.name_of(packed.at)
    (copies / name).write_bytes(packed.sealed[:-1])
    (says,) = wrong(house)
    assert "is not one that was made here" in says
    (copies / name).unlink()
    assert [says.split(" holds ")[0] for says in wrong(house)] == [str(copies)]
    (copies / name).write_bytes(packed.sealed)

    clock.move(LONGEST)
    assert list(outage_packs(house)) == []
    clock.move(timedelta(seconds=1))
    assert len(wrong(house)) == 2
    assert all("has no newer pack than of" in says for says in wrong(house))
    (copies / name).unlink()
    copies.rmdir()
    assert "is not there; mount it" in wrong(house)[1]


@pytest.mark.rule("GOV-3")
def test_the_doctor_says_so_when_the_passphrase_does_not_open_the_pack(keeping_twice: House) -> None:
    house = keeping_twice
    a_register(house)
    a_passphrase(house)
    packed = a_kept_pack(house)
    other = sealing.seal(b"not a pack", PASSPHRASE)
    with house.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE outage_packs SET sha256 = '{sha256(other).hexdigest()}'")
    for folder in keeping.folders(house.settings):
        (folder / keeping.name_of(packed.at)).write_bytes(other)
    assert len(wrong(house)) == 2
    assert all("does not open" in says for says in wrong(house))
