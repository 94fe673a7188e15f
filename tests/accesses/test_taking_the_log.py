"""Entries taken away: what the page shows is what the file holds, and a stranger can check a bundle with nothing of ours."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from audit import queries, sealing
from audit.events import VOCABULARY
from audit.models import AuditEntry
from audit.ocsf import class_of, row
from audit.queries import Asked
from compliance.accesses.reading import exports
from compliance.accesses.reading.reader import reader
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden
from compliance.kernel.settings import REPOSITORY
from policies.permissions import Permission
from tests.builders.accesses import an_entry, an_item, answered, answered_together
from tests.builders.accesses import logged as entered
from tests.builders.identity import Acting, a_person, every, logged, someone
from tests.builders.licences import an_organisation
from tests.builders.reading import an_escalation_contact, an_officer, reading_for
from tests.inventory.test_events import ours

EVERYTHING = Asked()
PEOPLE = Asked(event="person.")


def taken(house: House, form: str, asked: Asked = EVERYTHING, who: Acting | None = None) -> bytes:
    """A file of what is asked for, taken by an officer unless told."""
    with house.work(*(who or an_officer(house))) as ctx:
        settled = exports.take(ctx, form, asked, reader=reader(ctx, Permission.AUDIT_EXPORT))
    return b"".join(exports.written(house, settled))


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.rule("AUD-1")
def test_a_file_holds_what_the_page_shows_in_its_order_and_says_how_many_and_when(sqlite_house: House) -> None:
    for _ in range(4):
        a_person(sqlite_house)
    officer = an_officer(sqlite_house)
    with sqlite_house.work(*officer) as ctx:
        shown = queries.search(ctx, PEOPLE, reader=reader(ctx))

    sheet = lines_of(taken(sqlite_house, "csv", PEOPLE, officer))
    book = load_workbook(io.BytesIO(taken(sqlite_house, "xlsx", PEOPLE, officer)), read_only=True)
    told = [json.loads(each) for each in taken(sqlite_house, "ndjson", PEOPLE, officer).splitlines()]

    numbers = [str(entry.number) for entry in shown.entries]
    assert [line[0] for line in sheet[2:]] == numbers
    assert [cells[0].value for cells in list(book.worksheets[0].rows)[2:]] == numbers
    assert [each["metadata"]["uid"] for each in told] == numbers
    assert f"{len(numbers)} entries" in sheet[0][0]
    assert "2026-11-21 10:00" in sheet[0][0]
    assert sheet[1][:4] == ["Entry", "When (UK time)", "Happened (UK time)", "What happened"]


@pytest.mark.rule("AUD-1")
def test_taking_is_an_entry_with_why_and_how_many_before_the_first_byte_leaves(sqlite_house: House) -> None:
    a_person(sqlite_house)
    officer = an_officer(sqlite_house, why="breach", matter="BRE-7")

    with sqlite_house.work(*officer) as ctx:
        settled = exports.take(ctx, "csv", PEOPLE, reader=reader(ctx, Permission.AUDIT_EXPORT))

    (entry,) = logged(sqlite_house, "audit.entries_exported")
    detail = json.loads(entry.detail)
    assert (entry.actor_id, entry.purpose, detail["matter"]) == (officer.actor.id, "breach", "BRE-7")
    assert (detail["rows"], detail["asked"], detail["form"]) == (len(settled.numbers), ["event"], "csv")
    assert "person." not in entry.detail


@pytest.mark.rule("AUD-1", "IDN-6")
def test_nobody_takes_the_log_without_the_permission_or_without_a_fresh_code(sqlite_house: House) -> None:
    contact = an_escalation_contact(sqlite_house, an_organisation(sqlite_house))
    stale = reading_for(someone(sqlite_house, "ig_officer", fresh=False), "concern")

    for who, refusal in ((contact, Forbidden), (stale, FreshCodeNeeded)):
        with pytest.raises(refusal):
            taken(sqlite_house, "csv", who=who)
    assert logged(sqlite_house, "audit.entries_exported") == []


def test_nothing_in_an_entry_breaks_a_file_or_is_taken_for_a_formula(sqlite_house: House, clock: FixedClock) -> None:
    bad = ['=HYPERLINK("http://evil.example")', "C-1\r\n=cmd|' /C calc'!A0", "\u202e=1+1", "\x1b[31mred", "a\u2028b"]
    entered(sqlite_house, *(an_entry(clock.now(), "person.added", reference=each) for each in bad))

    sheet = lines_of(taken(sqlite_house, "csv", PEOPLE))
    book = load_workbook(io.BytesIO(taken(sqlite_house, "xlsx", PEOPLE)))
    told = taken(sqlite_house, "ndjson", PEOPLE)

    at = sheet[1].index("Reference")
    references = [line[at] for line in sheet[2:]]
    assert len({len(line) for line in sheet[1:]}) == 1
    assert not [each for each in references if each.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert not {"\r", "\n", "\u202e", "\x1b", "\u2028"} & set("".join(references))
    assert all(cell.data_type != "f" for cells in book.worksheets[0].rows for cell in cells)
    kept = [json.loads(each)["unmapped"].get("reference") for each in told.splitlines()]
    assert [each for each in reversed(kept) if each] == bad


@pytest.mark.rule("AUD-1")
def test_a_file_is_cut_where_the_policy_says_and_says_so(sqlite_house: House) -> None:
    many = [an_entry(sqlite_house.clock.now(), "person.added") for _ in range(1_005)]
    entered(sqlite_house, *many)

    with zipfile.ZipFile(io.BytesIO(taken(sqlite_house, "zip", PEOPLE))) as bundle:
        held = bundle.read("entries.ndjson").splitlines()
    (entry,) = logged(sqlite_house, "audit.entries_exported")

    assert len(held) == 1_000
    assert json.loads(entry.detail)["rows"] == 1_000


def test_every_event_there_is_has_its_place_in_ocsf() -> None:
    ours()
    homeless = [name for name, kind in VOCABULARY.items() if not name.startswith("test.") and not _placed(name)]

    assert homeless == [], "give these a class and an activity in audit/ocsf.py: by NAMED, or their verb by VERBS"


def _placed(name: str) -> bool:
    try:
        return bool(class_of(name))
    except KeyError:
        return False


def test_an_event_of_ocsf_has_what_its_class_asks_for_and_says_what_was_allowed(
    sqlite_house: House, clock: FixedClock
) -> None:
    house, now = sqlite_house, clock.now()
    person = a_person(house, "delegate", organisation_id=an_organisation(house))
    answered(house, person.id, now, permit=False, rules="LIC-3", reference="C-9")
    answered_together(house, now, [an_item(person.id), an_item(None, permit=False)])
    entered(house, an_entry(now, "sign_in.done", actor_kind="person", actor_id=str(person.id), session_id="s"))
    said = {each.event: row(each, {str(person.id): "Wren Alder"}) for each in every(house, AuditEntry)}

    for event, each in said.items():
        assert each["type_uid"] == each["class_uid"] * 100 + each["activity_id"], event
        assert (each["category_uid"], each["metadata"]["version"]) == (each["class_uid"] // 1000, "1.8.0"), event
        needed = {3002: {"user", "service"}, 3004: {"entity"}, 3005: {"user"}, 6003: {"actor", "api", "src_endpoint"}}
        assert needed[each["class_uid"]] <= set(each), event
        assert len(str(each["time"])) == 13, event
    denied, batch = said["decision.answered"], said["decisions.answered"]
    assert (denied["action_id"], denied["action"], denied["status_id"]) == (2, "Denied", 1)
    assert (denied["api"]["operation"], denied["resources"][0]["uid"]) == ("case.view", "C-9")
    assert denied["metadata"]["profiles"] == ["security_control"]
    assert batch["action_id"] == 99
    assert (said["sign_in.done"]["class_uid"], said["sign_in.done"]["is_mfa"]) == (3002, True)
    assert said["role.granted"]["type_uid"] == 300503
    assert said["person.added"]["type_uid"] == 300401


def checked(bundle: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The checker's two files, elsewhere and by themselves, run on the bundle."""
    elsewhere = bundle.parent / "checker"
    elsewhere.mkdir(exist_ok=True)
    for name in ("offline.py", "offline_bundle.py"):
        shutil.copy(REPOSITORY / "audit" / name, elsewhere)
    program = [sys.executable, "-E", "-s", "offline_bundle.py", str(bundle), *more]
    return subprocess.run(program, cwd=elsewhere, capture_output=True, text=True, timeout=60)


@pytest.fixture
def bundle(sqlite_house: House, tmp_path: Path) -> Path:
    for _ in range(5):
        a_person(sqlite_house)
    path = tmp_path / "bundle.zip"
    path.write_bytes(taken(sqlite_house, "zip", PEOPLE))
    return path


@pytest.mark.rule("AUD-3")
def test_a_bundle_is_checked_with_nothing_of_ours_and_by_a_key_given_elsewhere(
    sqlite_house: House, bundle: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key-i-was-given"
    key.write_text("".join(f"{each}\n" for each in sealing.verifiers(sqlite_house)))
    since = tmp_path / "kept"
    with sqlite_house.engine.connect() as connection:
        since.write_text(sealing.checkpoint(connection) or "")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(bundle) as held:
        held.extractall(folder)

    for answer in (checked(bundle), checked(folder), checked(bundle, "--key", str(key), "--since", str(since))):
        assert (answer.returncode, "each as it was written and sealed" in answer.stdout) == (0, True), answer
    stranger = tmp_path / "another-key"
    stranger.write_text("127.0.0.1:8000/log+00000000+AAAA\n")
    assert checked(bundle, "--key", str(stranger)).returncode == 1


@pytest.mark.rule("AUD-3")
def test_any_change_of_a_bundle_is_found(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as held:
        files = {name: held.read(name) for name in held.namelist()}
    lines = files["entries.ndjson"].splitlines(keepends=True)
    first, second = (json.loads(line)["number"] for line in lines[:2])
    one, two = f"proofs/{first}.tlog-proof", f"proofs/{second}.tlog-proof"
    forged = {
        "an entry edited": {"entries.ndjson": files["entries.ndjson"].replace(b"person.added", b"person.addet", 1)},
        "an entry twice": {"entries.ndjson": b"".join([*lines, lines[0]])},
        "an entry without proof": {one: None},
        "a proof without entry": {"entries.ndjson": b"".join(lines[1:])},
        "proofs swapped": {one: files[two], two: files[one]},
        "a proof of another index": {one: files[one].replace(f"index {first}".encode(), f"index {second}".encode())},
        "another checkpoint": {"checkpoint": files["checkpoint"].replace(b"\n", b"1\n", 2)},
        "a stray file": {"proofs/99999.tlog-proof": files[one]},
        "no checkpoint": {"checkpoint": None},
        "no key": {"key": b""},
        "a line that is none": {"entries.ndjson": b"{}\n" + files["entries.ndjson"]},
    }
    for what, changes in forged.items():
        changed = tmp_path / "changed.zip"
        with zipfile.ZipFile(changed, "w") as made:
            for name, content in (files | changes).items():
                if content is not None:
                    made.writestr(name, content)
        answer = checked(changed)
        assert (answer.returncode, answer.stdout[:3] in ("NOT", "can"), answer.stderr) == (1, True, ""), what


@pytest.mark.rule("AUD-3")
def test_any_byte_of_an_entry_a_proof_or_the_checkpoint_that_changes_is_found(bundle: Path) -> None:
    """In one process, byte by byte: the checker's own function, as the program calls it."""
    from audit import offline, offline_bundle

    with zipfile.ZipFile(bundle) as held:
        files = {name: held.read(name) for name in held.namelist()}
    number = json.loads(files["entries.ndjson"].splitlines()[0])["number"]
    assert offline_bundle.stands(set(files), files.__getitem__, None, None)

    accepted = []
    for name in ("entries.ndjson", f"proofs/{number}.tlog-proof", "checkpoint"):
        content = files[name] if name != "entries.ndjson" else files[name].splitlines(keepends=True)[0]
        for at in range(0, len(content), 3):
            changed = files[name][:at] + bytes([files[name][at] ^ 1]) + files[name][at + 1 :]
            try:
                offline_bundle.stands(set(files), (files | {name: changed}).__getitem__, None, None)
            except (offline.Bad, KeyError):
                continue
            accepted.append((name, at))

    assert accepted == []
