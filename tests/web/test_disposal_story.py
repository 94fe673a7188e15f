"""A record from its registration to its certificate, in a real browser and by the case system's API (RET-1 to RET-8).

Two people sit at two browsers; the case system registers, tells, is told and confirms. The proof that the certificate
rests on is checked outside the service, by a process that has neither its code nor its store.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from playwright.sync_api import Page

from audit.sealing import verifiers
from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.jobs import run_now
from compliance.kernel.settings import REPOSITORY
from policies.values import packaged
from retention.disposals import jobs
from retention.holds import use_cases as holds
from retention.reviews.jobs import MAKE
from tests.builders.disposals import (
    INSTRUCTIONS,
    agreed,
    certified,
    confirms,
    items,
    may_go,
    proposed,
    reviewed,
    told,
    waited,
)
from tests.builders.identity import someone
from tests.builders.retention import RECORDS, a_keeper, a_record, an_event, records
from tests.support.browser import follow, send, shuts_nobody_out
from tests.web.conftest import Comes, Seat

HERE, REGISTER = "/retention/disposals", "/retention/certificates"


def says(page: Page) -> str:
    return page.locator("main").inner_text()


@pytest.mark.rule("RET-1", "RET-3", "RET-4", "RET-8", "ROL-3")
def test_from_registration_to_a_certificate_that_proves_itself(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, seat: Seat, tmp_path: Path
) -> None:
    house, keeper = house_of(sqlite_app), a_keeper(sqlite_app)
    assert keeper.put(f"{RECORDS}/R-1", a_record(3, opened_on="2014-02-03", subject="S-9")).status_code == 201
    event = an_event(kind="suspected_offence", happened_on="2019-01-10")
    assert keeper.post(f"{RECORDS}/R-1/events", event).status_code == 201
    first = comes("hub_supervisor", full_name="Sol Pine")
    run_now(house, MAKE)

    supervisor = seat(first)
    supervisor.goto("/retention/reviews")
    follow(supervisor, "R-1")
    follow(supervisor, "Decide")
    for code in packaged().retention_questions:
        supervisor.locator(f"input[name=answer_{code}][value=no]").check()
    supervisor.locator("input[name=decision][value=dispose]").check()
    supervisor.fill("textarea[name=reason]", "Nothing in it is needed any more.")
    send(supervisor, "Decide")

    supervisor.goto(f"{HERE}/ready")
    supervisor.get_by_label("Propose R-1").check()
    send(supervisor, "Go on with what is ticked")
    assert "10 January 2025" in says(supervisor)
    supervisor.fill("textarea[name=reason]", "Its time is over.")
    send(supervisor, "Propose")
    assert "It waits for a second person" in says(supervisor)
    follow(supervisor, "See the proposal")
    assert "Why you cannot approve it" in supervisor.content()

    officer = seat(comes("ig_officer", full_name="Io Gov"))
    officer.goto("/")
    follow(officer, "See what is asked")
    follow(officer, "Dispose of records")
    assert "R-1" in says(officer)
    follow(officer, "DM-2026-1")
    assert "Sol Pine" in says(officer)
    officer.go_back()
    follow(officer, "Approve")
    send(officer, "Approve")
    assert keeper.get(INSTRUCTIONS).get_json()["items"] == []

    waited(house, clock)
    [instruction] = a_keeper(sqlite_app).get(INSTRUCTIONS).get_json()["items"]
    assert (instruction["reference"], instruction["chased_on"]) == ("R-1", None)
    clock.move(timedelta(days=7))
    run_now(house, jobs.CHASE)
    [instruction] = a_keeper(sqlite_app).get(INSTRUCTIONS).get_json()["items"]
    assert instruction["chased_on"] == "2026-12-12"
    assert confirms(sqlite_app, instruction["id"], method="overwritten").get_json()["certificate"] == 1

    officer = seat(comes("ig_officer"))
    officer.goto(REGISTER)
    follow(officer, "Certificate 1")
    for said in ("R-1", "RET-1/3", "MARAC supervisor, account", "Overwritten", "12 December 2026"):
        assert said in says(officer)
    assert "S-9" not in says(officer)
    for link, name in (("Download as PDF", "disposal-1.pdf"), ("Download the proof (ZIP)", "proof.zip")):
        with officer.expect_download() as taking:
            officer.get_by_role("button", name=link).click()
        taking.value.save_as(tmp_path / name)
    assert (tmp_path / "disposal-1.pdf").read_bytes().startswith(b"%PDF")

    key = tmp_path / "key"
    key.write_text("".join(f"{each}\n" for each in verifiers(house)))
    assert _checked(tmp_path, tmp_path / "proof.zip", key) == (0, "4 entries, each as it was written and sealed\n")
    with ZipFile(tmp_path / "proof.zip") as whole, ZipFile(tmp_path / "forged.zip", "w") as forged:
        for each in whole.namelist():
            forged.writestr(each, whole.read(each).replace(b"overwritten", b"destroyed!!"))
    status, why = _checked(tmp_path, tmp_path / "forged.zip", key)
    assert status == 1
    assert why.startswith("NOT as it was sealed")
    gone = records(house)["R-1"]
    assert (gone.status, gone.subject, gone.next_review_on) == ("disposed", None, None)


@pytest.mark.rule("RET-8")
def test_nobody_is_shut_out_of_a_page_of_disposals_wide_or_narrow(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, seat: Seat
) -> None:
    house = house_of(sqlite_app)
    gone, waits, late, still, off, *rest = may_go(sqlite_app, *(f"MARAC-2019-{number:04}" for number in range(1, 9)))
    aged = may_go(sqlite_app, "MARAC-1926-0001", groups=[1], born_on="1926-01-05")
    may_go(sqlite_app, "MARAC-2019-0100")
    certificate = certified(house, gone)
    behind = proposed(house, late, *aged)
    agreed(house, behind)
    told(house, behind)
    clock.move(timedelta(days=22))
    run_now(house, jobs.CHASE)
    waiting, later = proposed(house, waits, off), proposed(house, still)
    agreed(house, later)
    reviewed(house, rest[0], None)
    with house.work(*someone(house, "ig_officer")) as ctx:
        holds.place(
            ctx, ground="inquiry", reach="record", value=rest[1].reference, reason="Asked.", review_on=date(2027, 5, 1)
        )
    picked = "&".join(f"record={each.id}" for each in rest)
    shuts_nobody_out(
        seat(comes("ig_officer", full_name="Io Gov")),
        "/", f"{HERE}?which=all", f"{HERE}/ready?which=all", f"{HERE}/new?{picked}", f"{HERE}/{waiting.id}",
        f"{HERE}/{later.id}", f"{HERE}/{behind.id}", f"{HERE}/{certificate.manifest_id}", f"{HERE}/{later.id}/call-off",
        f"/proposals/{waiting.proposal_id}", f"/proposals/{waiting.proposal_id}/approval", REGISTER,
        f"{REGISTER}/{certificate.id}",
    )  # fmt: skip
    assert items(house)["MARAC-2019-0003"].status == "instructed"


def _checked(folder: Path, bundle: Path, key: Path) -> tuple[int, str]:
    """What the checker says of a bundle: it is taken out of the source, and run as a process of its own."""
    for name in ("offline.py", "offline_bundle.py"):
        shutil.copy(REPOSITORY / "audit" / name, folder / name)
    run = subprocess.run(
        [sys.executable, "-E", "-s", str(folder / "offline_bundle.py"), str(bundle), "--key", str(key)],
        capture_output=True, text=True, timeout=60, check=False, cwd=folder,
    )  # fmt: skip
    return run.returncode, run.stdout
