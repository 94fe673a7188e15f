"""The kit opens no door of a case system that asks by our client, and finds the holes of one written in a hurry."""

from __future__ import annotations

import pytest

from compliance.client import Service
from compliance.client.kit import Pretender, doors, try_doors
from compliance.client.kit.moods import MOODS
from compliance.client.kit.trying import NoHook
from tests.client.conftest import a_hook, careful, hurried


@pytest.mark.rule("DEC-3")
def test_none_of_a_thousand_doors_opens_for_a_case_system_that_asks_by_our_client(
    pretender: Pretender, service: Service
) -> None:
    with a_hook(careful(service)) as hook:
        result = try_doors(hook, pretender, doors(1_000))

    assert result.opened == []
    assert result.stayed_shut == [], "what the service permits has to open, or nothing is proved"
    assert result.tried > 1_000
    assert result.never_asked == 0


@pytest.mark.rule("DEC-3")
def test_the_kit_finds_the_holes_of_a_case_system_written_in_a_hurry(pretender: Pretender) -> None:
    with a_hook(hurried(pretender.base_url)) as hook:
        result = try_doors(hook, pretender, doors(200))

    found = {door.mood for door in result.opened}
    assert {
        "answers an earlier question", "ended an hour ago", "does not say until when", "decides in words", "has no receipt",
        "sends one elsewhere", "says no and yes", "answers a page that says yes", "closes without a word",
    } <= found  # fmt: skip


def test_every_mood_comes_up(pretender: Pretender) -> None:
    assert {door.mood for door in doors(1_000)} == set(MOODS) - {"ends while it is open"}


def test_whoever_has_no_hook_is_told_how_it_answers(pretender: Pretender) -> None:
    with pytest.raises(NoHook, match="opened"), a_hook(lambda _asked: "yes") as hook:  # type: ignore[arg-type, return-value]
        try_doors(hook, pretender, doors(100))
