"""The pack by which the hub works while the case system is down: what is in it, that it opens, where it lies (GOV-3)."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from compliance.governance.outages import archive, keeping, page, sealing
from compliance.governance.outages.archive import BrokenPack
from compliance.governance.outages.sealing import DoesNotOpen
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.licences import use_cases
from compliance.licences.rules import Status, Suspension
from policies.floors import BrokenPolicy
from policies.outage_groups import OutagePackValues, OutageStep, checked_packs, checked_steps
from policies.values import packaged
from tests.builders.licences import a_licence, acting, an_organisation, seats, withdraw
from tests.builders.outages import PASSPHRASE, a_pack, a_register
from tests.builders.rotas import a_rota_of
from tests.builders.use import licences_in_use

STEP = OutageStep("one", "One", "Do it.", 24, 0, 0, False, "App. L", "GOV-3")


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        return {name: held.read(name) for name in held.namelist()}


def told(data: bytes) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(unzipped(data)["data.json"])
    return held


def area(data: bytes, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in told(data)["areas"] if each["code"] == code)
    return found


@pytest.mark.rule("GOV-3")
def test_each_area_has_its_holders_contacts_and_invitations_and_no_other_areas(house: House) -> None:
    a_register(house)
    made = a_pack(house)

    medway, mid_kent = area(made, "medway"), area(made, "mid-kent")
    assert {(one["email"], one["how"]) for one in medway["holders"]} == {
        ("ada@swale.gov.uk", "Standing"), ("ben@swale.gov.uk", "By invite"),
    }  # fmt: skip
    assert [one["email"] for one in mid_kent["holders"]] == ["ada@swale.gov.uk"]
    assert area(made, "east-kent")["holders"] == []
    first = mid_kent["contacts"][0]
    assert (first["role"], first["telephone"]) == ("Senior escalation contact", "01795 000 111")
    assert {one["role"] for one in mid_kent["contacts"]} == {
        "Senior escalation contact", "Primary licence holder", "Approved delegate",
    }  # fmt: skip
    (closed,) = [one for one in mid_kent["invited"] if one["closed"]]
    assert (closed["reference"], closed["email"]) == ("KM-2026-0042", "ada@swale.gov.uk")
    assert {(one["reference"], one["closed"]) for one in medway["invited"]} == {("KM-2026-0042", True), ("C-1", False)}
    assert [each["name"] for each in told(made)["organisations"]] == ["Swale"]
    assert told(made)["organisations"][0]["signatory"] is True
    assert [step["code"] for step in told(made)["steps"]] == list(packaged().outage_steps)


@pytest.mark.rule("GOV-3", "SIG-6")
def test_whoever_may_not_use_the_case_system_is_not_in_it(house: House) -> None:
    seats(house)
    swale = an_organisation(house, "swale")
    resting = a_licence(house, swale, "rest@swale.gov.uk")
    with acting(house) as ctx:
        use_cases.suspend(ctx, resting.id, reason=Suspension.LEAVE)
    a_licence(house, swale, "asked@swale.gov.uk", status=Status.REQUESTED)
    a_licence(house, swale, "gone@swale.gov.uk", status=Status.DEACTIVATED)
    gone = an_organisation(house, "dover")
    a_licence(house, gone, "away@dover.gov.uk")
    withdraw(house, gone)

    made = a_pack(house)
    assert area(made, "mid-kent")["holders"] == []
    assert {one["organisation"] for one in area(made, "mid-kent")["contacts"]} == {"Swale"}
    assert [each["name"] for each in told(made)["organisations"]] == ["Swale"]


@pytest.mark.rule("GOV-3", "SIG-5")
def test_an_organisation_that_is_no_signatory_is_named_as_such_and_none_of_its_people_is_a_holder(house: House) -> None:
    licences_in_use(house, an_organisation(house, "swale", signs=("op",)), 2)
    made = a_pack(house)
    assert area(made, "mid-kent")["holders"] == []
    assert [(each["name"], each["signatory"]) for each in told(made)["organisations"]] == [("Swale", False)]
    assert b"share nothing with them" in unzipped(made)["index.html"]


@pytest.mark.rule("GOV-3", "LIC-6")
def test_whoever_has_another_turn_on_a_rota_is_in_it_too(house: House) -> None:
    a_rota_of(house, "kit", "lou", turns=((0, 0, 1440), (1, 0, 1440)))
    shown = [(one["name"], one["how"]) for one in area(a_pack(house), "mid-kent")["holders"]]
    assert [how for _, how in shown] == ["By turns"] * 2, "an outage lasts longer than a turn"


@pytest.mark.rule("GOV-3")
def test_an_invitation_that_is_over_and_one_taken_back_are_not_in_it(house: House, clock: FixedClock) -> None:
    a_register(house)
    clock.move(timedelta(days=8))
    assert all(one["reference"] != "KM-2026-0042" for each in told(a_pack(house))["areas"] for one in each["invited"])


@pytest.mark.rule("GOV-3", "DEC-1")
def test_a_case_that_was_closed_is_for_those_invited_to_it_as_such_and_who_rests_is_invited_to_nothing(
    house: House,
) -> None:
    packed = a_register(house)
    with acting(house) as ctx:
        use_cases.invite_to_case(ctx, reference="C-1", person_id=packed.standing.person_id, closed=True)
    shown = {(one["reference"], one["email"]) for one in area(a_pack(house), "medway")["invited"]}
    assert shown == {("KM-2026-0042", "ada@swale.gov.uk"), ("C-1", "ada@swale.gov.uk")}
    with acting(house) as ctx:
        use_cases.suspend(ctx, packed.standing.id, reason=Suspension.LEAVE)
    assert [one for each in told(a_pack(house))["areas"] for one in each["invited"]] == []


@pytest.mark.rule("GOV-3")
def test_nobody_is_left_out_because_nothing_says_which_area(house: House) -> None:
    an_organisation(house, "canterbury", areas=(), kind="by_invite")
    nowhere = area(a_pack(house), "no-area")
    assert {one["organisation"] for one in nowhere["contacts"]} == {"Canterbury"}
    assert b"No area" in unzipped(a_pack(house))["index.html"]


@pytest.mark.rule("GOV-3")
def test_it_asks_the_store_as_often_for_a_full_register_as_for_an_empty_one(house: House) -> None:
    asked: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    a_pack(house)
    asked.clear()
    a_pack(house)
    few = len(asked)
    licences_in_use(house, an_organisation(house, "swale"), 30)
    for each in range(5):
        an_organisation(house, f"partner-{each}")
    asked.clear()
    made = a_pack(house)
    assert len(area(made, "mid-kent")["holders"]) == 30
    assert len(asked) == few


@pytest.mark.rule("GOV-3")
def test_what_is_written_in_the_register_is_words_in_the_page_and_in_the_lists(house: House) -> None:
    an_organisation(house, "<script>alert(1)</script>")
    an_organisation(house, "=HYPERLINK(1)")
    files = unzipped(a_pack(house))
    assert b"<script" not in files["index.html"].lower()
    assert b"&lt;Script&gt;" in files["index.html"]
    assert b'"\'=Hyperlink(1)"' in files["areas/mid-kent.csv"]


@pytest.mark.rule("GOV-3")
def test_the_manifest_finds_what_was_changed_taken_away_or_added(house: House) -> None:
    a_register(house)
    made = a_pack(house)
    manifest = archive.check(made)
    assert manifest.made_at == house.clock.now()
    assert manifest.people == 2
    assert set(manifest.files) == {
        "index.html", "data.json", page.REFERRAL, page.TRANSCRIPTION,
        *(f"areas/{code}.csv" for code in packaged().areas),
    }  # fmt: skip
    assert a_pack(house) == made, "the same register at the same instant gives the same bytes"

    def with_files(**changed: bytes | None) -> bytes:
        files = unzipped(made) | {name.replace("_", "."): content for name, content in changed.items()}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as held:
            for name, content in files.items():
                if content is not None:
                    held.writestr(name, content)
        return buffer.getvalue()

    for bad in (
        with_files(index_html=b"<p>Nobody."), with_files(data_json=None), with_files(more_html=b""),
        with_files(manifest_json=None), with_files(manifest_json=b"{}"), b"", made[:-40],
        with_files(manifest_json=unzipped(made)["manifest.json"].replace(b'"format": 1', b'"format": 2')),
    ):  # fmt: skip
        with pytest.raises(BrokenPack):
            archive.check(bad)


@pytest.mark.rule("GOV-3")
def test_a_sealed_pack_opens_with_its_passphrase_only_and_says_nothing_before(sqlite_house: House) -> None:
    a_register(sqlite_house)
    made = a_pack(sqlite_house)
    sealed = sealing.seal(made, PASSPHRASE)
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert b"swale" not in sealed.lower()
    assert archive.opened(sealed, PASSPHRASE).people == 2
    for bad, passphrase in (
        (sealed, "another"),
        (sealed[:-1], PASSPHRASE),
        (sealed[:100], PASSPHRASE),
        (b"", PASSPHRASE),
    ):
        with pytest.raises(DoesNotOpen):
            archive.opened(bad, passphrase)
    with pytest.raises(BrokenPack):
        archive.opened(sealing.seal(b"not a pack", PASSPHRASE), PASSPHRASE)
    with pytest.raises(ValueError, match="empty"):
        sealing.seal(made, "  ")


@pytest.mark.rule("GOV-3")
def test_a_sealed_pack_opens_in_a_program_that_has_nothing_of_ours(sqlite_house: House, tmp_path: Path) -> None:
    a_register(sqlite_house)
    (tmp_path / "pack.age").write_bytes(sealing.seal(a_pack(sqlite_house), PASSPHRASE))
    opening = (
        "import pyrage, sys, zipfile, io\n"
        f"data = pyrage.passphrase.decrypt(open('pack.age', 'rb').read(), {PASSPHRASE!r})\n"
        "assert not any(name.split('.')[0] in ('compliance', 'policies') for name in sys.modules)\n"
        "zipfile.ZipFile(io.BytesIO(data)).extractall('opened')\n"
    )
    subprocess.run([sys.executable, "-I", "-c", opening], cwd=tmp_path, check=True, timeout=120)
    assert b"ada@swale.gov.uk" in (tmp_path / "opened" / "index.html").read_bytes()


@pytest.mark.rule("GOV-3")
def test_packs_lie_in_both_folders_for_their_owner_alone_and_the_oldest_make_room(
    sqlite_house: House, clock: FixedClock, tmp_path: Path
) -> None:
    copies = tmp_path / "copies"
    settings = replace(sqlite_house.settings, outage_folder=tmp_path / "own" / "packs", outage_copies=copies)
    house = replace(sqlite_house, settings=settings)
    most = packaged().outage_packs.packs_kept

    missing = keeping.keep(house, b"sealed", clock.now())
    assert len(missing.files) == 1, "a folder that is not mounted is not made, and does not stop the other"
    assert missing.problems == (f"{copies} did not take the outage pack (FileNotFoundError)",)
    copies.mkdir()
    (copies / "somebody-elses.age").write_bytes(b"-")
    (copies / "outage-pack-of-mine.age").write_bytes(b"-")
    for day in range(most + 3):
        clock.move(timedelta(days=1))
        done = keeping.keep(house, f"sealed {day}".encode(), clock.now())
        assert done.problems == ()
    for folder in keeping.folders(settings):
        packs = sorted(folder.glob("outage-pack-2*.age"))
        assert len(packs) == most
        assert {stat.S_IMODE(each.stat().st_mode) for each in packs} == {0o600}
        last = keeping.newest(folder)
        assert last is not None
        assert (last.made_at, last.path.read_bytes()) == (clock.now(), f"sealed {most + 2}".encode())
        assert not list(folder.glob(".outage-*")), "nothing half written is left"
    assert (copies / "somebody-elses.age").exists()
    assert (copies / "outage-pack-of-mine.age").exists()


def test_a_pack_is_never_handed_out_over_a_file_that_is_there(tmp_path: Path) -> None:
    to = tmp_path / "pack.age"
    keeping.hand_out(b"sealed", to)
    assert (to.read_bytes(), stat.S_IMODE(to.stat().st_mode)) == (b"sealed", 0o600)
    with pytest.raises(FileExistsError):
        keeping.hand_out(b"another", to)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        keeping.hand_out(b"another", tmp_path / "link")
    assert to.read_bytes() == b"sealed"


@pytest.mark.rule("GOV-3")
@pytest.mark.parametrize(
    ("step", "words"),
    [
        (replace(STEP, hours=0), "At once"),
        (replace(STEP, hours=0, until_hours=24), "At once, in the first 24 hours"),
        (STEP, "Expected to last more than 24 hours"),
        (replace(STEP, hours=1), "Expected to last more than 1 hour"),
        (replace(STEP, hours=0, working_days=5), "Still down after 5 working days"),
        (replace(STEP, hours=0, afterwards=True), "When it is over"),
    ],
)
def test_each_step_says_from_when_it_applies(step: OutageStep, words: str) -> None:
    assert page.when(step) == words


def test_a_policy_by_which_no_pack_could_be_relied_on_does_not_load() -> None:
    for values in (OutagePackValues(0, 24), OutagePackValues(14, 0)):
        with pytest.raises(BrokenPolicy):
            checked_packs(values)
    for step in (replace(STEP, working_days=5), replace(STEP, until_hours=4)):
        with pytest.raises(BrokenPolicy):
            checked_steps({"one": step})
