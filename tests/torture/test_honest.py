"""An honest log raises no alarm: the short one of `make honest`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .honest import SHARES, Life, settings_at


@pytest.mark.rule("AUD-3")
def test_an_untidy_and_honest_life_raises_no_alarm(tmp_path: Path) -> None:
    life = Life(settings_at(tmp_path), random.Random(20261121))

    life.lives(20_000)

    assert life.alarms == []
    assert life.entries >= 20_000
    assert set(life.done) == set(SHARES), "each kind of untidiness is in it"
