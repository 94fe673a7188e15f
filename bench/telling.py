"""Whether the time of an answer tells a name that somebody has from one that nobody has (IDN-4)."""

from __future__ import annotations

import random
import time
from bisect import bisect_left, bisect_right

from sqlalchemy import delete

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.models import Failures
from compliance.kernel.context import House, Origin
from compliance.kernel.db import WRITES

from .signing_in import an_account
from .stand import a_hub

EACH = 1_000
NOBODYS = "nob.ody@bench.example"


def measure(each: int = EACH) -> float:
    """The area under the curve of whoever guesses by time alone: 0.5 is chance, 1 is certainty.

    The two names are tried in turns, in an order of chance, each with a password that is wrong; the counter starts
    again after each pair, so that both are answered without delay.
    """
    with a_hub() as app:
        house = house_of(app)
        names = {"known": an_account(house), "unknown": NOBODYS}
        took: dict[str, list[float]] = {name: [] for name in names}
        for number in range(each):
            for name in random.sample(sorted(names), len(names)):
                took[name].append(_one(house, names[name], number))
            _forget(house)
    return _area(took["known"], took["unknown"])


def _one(house: House, email: str, number: int) -> float:
    origin = Origin(f"2001:db8:{number:x}::1")
    began = time.perf_counter()
    outcome = identity.sign_in(house, origin, email=email, password="Not-the-password-1")
    took = time.perf_counter() - began
    if outcome.opened or outcome.wait_seconds:
        raise RuntimeError("this is another answer than the one to measure")
    return took


def _forget(house: House) -> None:
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(delete(Failures))


def _area(these: list[float], those: list[float]) -> float:
    """Mann and Whitney's U as a share of all pairs, whichever way round tells more."""
    ordered = sorted(those)
    wins = sum((bisect_left(ordered, one) + bisect_right(ordered, one)) / 2 for one in these)
    share = wins / (len(these) * len(those))
    return max(share, 1 - share)
