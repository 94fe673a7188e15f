"""docs/case-system.md against the demonstration: whoever types what stands in it is answered."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from compliance.kernel.settings import REPOSITORY
from tests.cli.conftest import Demo

GUIDE = (REPOSITORY / "docs" / "case-system.md").read_text()
BEGINS, *STEPS = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def typed(demo: Demo, step: str) -> dict[str, Any]:
    """What comes of typing this into a shell."""
    begins = BEGINS.replace("http://127.0.0.1:8000", demo.told["base_url"])
    begins = begins.replace("var/demo.json", str(demo.installation.var / "demo.json"))
    done = subprocess.run(["bash", "-euc", begins + step], capture_output=True, text=True, timeout=60, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.rule("DEC-1", "DEC-2")
def test_what_the_guide_says_to_ask_is_answered(demo: Demo) -> None:
    [asks] = [step for step in STEPS if "/access/v1/evaluations" in step]

    answers = typed(demo, asks)["evaluations"]

    assert [answer["decision"] for answer in answers] == [True, False, True]


@pytest.mark.rule("DEC-4", "RET-1", "RET-8")
@pytest.mark.parametrize(
    ("address", "members"),
    [
        ("/changes", {"items", "next", "more", "complete_until"}),
        ("/records/", {"reference", "next_review_on"}),
        ("/instructions", {"items", "next"}),
    ],
)
def test_what_the_guide_says_to_follow_and_to_tell_is_taken(demo: Demo, address: str, members: set[str]) -> None:
    [step] = [step for step in STEPS if address in step]

    assert members <= set(typed(demo, step))
