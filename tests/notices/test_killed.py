"""Schedulers as they run in service: told to stop, killed, two at once; and the mail server in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from compliance.app import furnished, house_of
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import JobRun
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from compliance.notices.models import Notice
from tests.builders.identity import every, logged
from tests.builders.notices import a_letter, the_letter
from tests.support.databases import Fresh
from tests.support.installation import ENTRY, Installation
from tests.support.mail import Arrived, MailServer
from tests.support.store import migrated

SOON = 120.0


@dataclass
class Post:
    """An installation with a mail server, and the schedulers that run in it."""

    installation: Installation
    house: House
    mail: MailServer
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def starts_a_scheduler(self) -> subprocess.Popen[bytes]:
        log = (self.installation.var / f"scheduler-{len(self.running)}.log").open("w")
        with log:
            process = subprocess.Popen(
                [*ENTRY, "scheduler"], cwd=REPOSITORY, env=self.installation.environment, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def lease_ends(self) -> None:
        """As long as a lease goes by, without anybody waiting for it."""
        with self.house.engine.execution_options(**{WRITES: True}).begin() as connection:
            now = self.house.clock.now()
            connection.execute(Notice.__table__.update().where(Notice.held_until.is_not(None)).values(held_until=now))

    def until(self, come: Callable[[], bool]) -> None:
        """Wait for this to come true."""
        end = time.monotonic() + SOON
        while not come():
            assert time.monotonic() < end, [row.__dict__ for row in every(self.house, Notice)]
            time.sleep(0.05)


@pytest.fixture
def post(database_url: Fresh, tmp_path: Path) -> Iterator[Post]:
    """On each database."""
    url = database_url(migrated)
    create_key_file(tmp_path / "var" / "keys.json")
    with MailServer() as mail:
        settings = {"SMTP_URL": mail.url, "COMPLIANCE_MAIL_FROM": "hub@marac.example"}
        installation = Installation(tmp_path / "var", database_url=url, more=settings)
        house = house_of(furnished(Settings.from_environment(installation.environment)))
        made = Post(installation, house, mail)
        try:
            yield made
        finally:
            for process in made.running:
                if process.poll() is None:
                    process.kill()
                process.wait()
            house.engine.dispose()


@pytest.mark.rule("GOV-5")
def test_a_scheduler_killed_after_the_server_took_the_letter_and_before_it_knew(post: Post) -> None:
    """Delivered twice, and known as one letter: the price of never losing one."""
    first = post.starts_a_scheduler()

    def kill(_came: Arrived) -> None:
        if first.poll() is None:
            os.kill(first.pid, signal.SIGKILL)
            first.wait()

    def kill_and_take(came: Arrived) -> str | None:
        kill(came)
        return None

    post.mail.answer = kill_and_take
    letter = a_letter(post.house)
    post.until(lambda: len(post.mail.arrived) == 1)
    kept = the_letter(post.house, letter)
    assert (kept.sent_at, kept.tries) == (None, 1)
    assert kept.words is not None

    post.starts_a_scheduler()
    post.lease_ends()
    post.until(lambda: the_letter(post.house, letter).sent_at is not None)

    assert [came.id for came in post.mail.arrived] == [f"<{letter}@marac.example>"] * 2
    assert len(logged(post.house, "notice.sent")) == 1
    assert the_letter(post.house, letter).words is None


@pytest.mark.rule("GOV-5")
def test_a_scheduler_killed_before_the_server_took_the_letter(post: Post) -> None:
    first = post.starts_a_scheduler()

    def kill_and_refuse(_came: Arrived) -> str | None:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        return "451 Not today"

    post.mail.answer = kill_and_refuse
    letter = a_letter(post.house)
    post.until(lambda: first.poll() is not None)
    assert post.mail.arrived == []

    post.mail.answer = lambda _came: None
    post.starts_a_scheduler()
    post.lease_ends()
    post.until(lambda: the_letter(post.house, letter).sent_at is not None)

    assert len(post.mail.arrived) == 1


@pytest.mark.rule("GOV-5")
def test_two_schedulers_send_each_letter_once_and_within_a_few_seconds(post: Post) -> None:
    schedulers = [post.starts_a_scheduler(), post.starts_a_scheduler()]
    a_letter(post.house, "first@kent.example.org")
    post.mail.waits_for("first@kent.example.org", within=SOON)

    begun = time.monotonic()
    wanted = [a_letter(post.house, f"{number}@kent.example.org") for number in range(10)]
    post.until(lambda: all(row.sent_at for row in every(post.house, Notice)))

    assert time.monotonic() - begun < SOON
    assert sorted(came.id for came in post.mail.arrived[1:]) == sorted(f"<{id_}@marac.example>" for id_ in wanted)
    assert all(process.poll() is None for process in schedulers)
    assert not [run for run in every(post.house, JobRun) if run.job == "send-letters"]


@pytest.mark.rule("GOV-5")
def test_a_scheduler_that_is_told_to_stop_ends_its_lease_at_once(post: Post) -> None:
    """The server hangs in the middle of a letter; whoever comes next need not wait for a lease to end."""
    post.mail.slow_seconds = 180
    scheduler = post.starts_a_scheduler()
    letter = a_letter(post.house)
    assert post.mail.spoken_to.wait(SOON)

    scheduler.terminate()
    assert scheduler.wait(timeout=90) == 0

    kept = the_letter(post.house, letter)
    assert (kept.held_until, kept.sent_at, kept.problem) == (None, None, None)
