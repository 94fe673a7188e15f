"""Signing in, beside the password hash it cannot do without (IDN-5)."""

from __future__ import annotations

import statistics
import time

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.passwords import hash_password, matches
from compliance.kernel.context import NOBODY, House, Origin, operator

from .stand import a_hub

TIMES = 40
PASSWORD = "Correct-horse-battery-9"


def an_account(house: House) -> str:
    """Somebody with a password: their e-mail address."""
    with house.work(operator("bench")) as ctx:
        person, token = identity.invite_person(ctx, full_name="Ben Chmark", email="ben@bench.example")
    if token is None:
        raise RuntimeError("with mail configured the link is sent, and this machine sends none")
    with house.work(NOBODY, Origin("127.0.0.1")) as ctx:
        identity.accept_invitation(ctx, token, password=PASSWORD)
    return person.email


def measure() -> tuple[float, float]:
    """Median milliseconds of a sign-in's first step with the right password, and of one hash alone."""
    with a_hub() as app:
        house = house_of(app)
        email = an_account(house)
        phc = hash_password(PASSWORD)
        whole, alone = [], []
        for _ in range(TIMES):
            began = time.perf_counter()
            identity.sign_in(house, Origin("127.0.0.1"), email=email, password=PASSWORD)
            whole.append(time.perf_counter() - began)
            began = time.perf_counter()
            matches(phc, PASSWORD)
            alone.append(time.perf_counter() - began)
    return statistics.median(whole) * 1000, statistics.median(alone) * 1000
