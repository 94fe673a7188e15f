"""The files that the commands write, the page, and the registers: the same digits, whole or not at all (GOV-1, GOV-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from compliance.governance.figures.frozen import thaw
from compliance.governance.figures.spans import last_whole, span_of, written
from compliance.governance.growth import jobs as growth
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.jobs import run_now
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import Settings
from policies.values import packaged
from tests.builders.busy_hub import a_busy_hub
from tests.builders.dressed import of_html, of_json, of_xlsx, pdf_says
from tests.builders.identity import an_account, logged, signed_in
from tests.builders.recount import recounted
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.store import migrated

[COUNT_MONTHS] = growth.JOBS
FORMS = {"pack.json", "pack.html", "pack.pdf", "pack.xlsx"}


@pytest.fixture
def hub(database_url: Fresh, tmp_path: Path) -> Installation:
    """An installation with a history of a year and a half, on each database."""
    made = Installation(tmp_path / "var", database_url=database_url(migrated))
    create_key_file(made.var / "keys.json")
    return made


@pytest.fixture
def app(hub: Installation) -> Iterator[Flask]:
    """The pages of that installation, by the machine's own time as it is now."""
    app = create_app(Settings.from_environment(hub.environment), FixedClock(datetime.now(UTC)))
    a_busy_hub(house_of(app))
    run_now(house_of(app), COUNT_MONTHS)
    yield app
    house_of(app).engine.dispose()


def periods(kind: str) -> tuple[str, str]:
    """The span that is over, and the one that runs."""
    means, today = packaged().report_kinds[kind], london_date(datetime.now(UTC))
    return written(means, last_whole(means, today)), written(means, span_of(means, today))


def on_the_page(app: Flask, kind: str, period: str) -> list[tuple[str, str]]:
    house = house_of(app)
    account = an_account(house, "hub_manager", "steering_member", email=f"{period}@hub.example")
    house.clock.move(timedelta(seconds=60))  # type: ignore[attr-defined]
    client = app.test_client()
    client.set_cookie("session", signed_in(house, account).token)
    answer = client.get(f"/reports/now?{urlencode({'kind': kind, 'period': period})}")
    assert answer.status_code == 200, answer.text
    return of_html(answer.text)


@pytest.mark.rule("GOV-1")
def test_files_page_and_registers_agree_to_the_digit(hub: Installation, app: Flask, tmp_path: Path) -> None:
    for period in periods("steering_pack"):
        to = tmp_path / period

        hub.does("export", "steering-pack", "--quarter", period, "--to", str(to))

        assert {path.name for path in to.iterdir()} == FORMS
        figures = of_json((to / "pack.json").read_bytes())
        assert len(figures) > 100
        assert of_html((to / "pack.html").read_text()) == figures
        assert of_xlsx((to / "pack.xlsx").read_bytes()) == figures
        assert pdf_says((to / "pack.pdf").read_bytes(), figures)
        assert on_the_page(app, "steering_pack", period) == figures
        pack = thaw((to / "pack.json").read_text())
        assert {one.code: {each.code: each.value for each in one.figures} for one in pack.chapters} == recounted(
            house_of(app), pack.span.since, pack.span.until, [one.code for one in pack.chapters]
        )


@pytest.mark.rule("GOV-4")
@pytest.mark.parametrize("kind", ["biannual", "safelives", "annual_summary"])
def test_the_other_reports_say_the_same_in_each_file_and_on_the_page(
    hub: Installation, app: Flask, tmp_path: Path, kind: str
) -> None:
    before, period = periods(kind)

    hub.does("export", "report", kind, "--period", before, "--to", str(tmp_path / "pack"))
    hub.does("export", "report", kind, "--period", period, "--to", str(tmp_path / "pack"))

    to = tmp_path / "pack"
    assert {path.name for path in to.iterdir()} == FORMS, "what was there is written over"
    figures = of_json((to / "pack.json").read_bytes())
    assert of_html((to / "pack.html").read_text()) == figures
    assert of_xlsx((to / "pack.xlsx").read_bytes()) == figures
    assert pdf_says((to / "pack.pdf").read_bytes(), figures)
    assert on_the_page(app, kind, period) == figures


@pytest.mark.rule("GOV-1")
def test_where_one_file_cannot_be_put_in_place_there_is_none_and_the_log_says_nothing_of_any(
    hub: Installation, app: Flask, tmp_path: Path
) -> None:
    to = tmp_path / "pack"
    (to / "pack.xlsx").mkdir(parents=True)

    said = hub.tries("export", "steering-pack", "--quarter", periods("steering_pack")[1], "--to", str(to))

    assert said.code == 1
    assert "pack.xlsx is a folder" in said.err
    assert "Traceback" not in said.err
    assert [path.name for path in to.iterdir()] == ["pack.xlsx"]
    assert logged(house_of(app), "report.counted") == []
