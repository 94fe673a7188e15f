"""What remains of a disposal: no personal data, and a proof that anybody can check (RET-8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from audit import bundles, offline_bundle
from audit.sealing import seal_all
from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.errors import NotFound
from retention.disposals.certificates import certified, certify
from tests.builders.disposals import agreed, confirms, items, may_go, proposed, waited
from tests.builders.identity import logged, someone


@pytest.mark.rule("RET-8")
def test_a_certificate_says_what_why_who_when_and_how_and_its_proof_checks_offline(
    sqlite_app: Flask, clock: FixedClock, tmp_path: Path
) -> None:
    house = house_of(sqlite_app)
    agreed(house, proposed(house, *may_go(sqlite_app, "R-1", subject="S-77", born_on="1984-02-29")))
    waited(house, clock)
    item = items(house)["R-1"]
    officer = someone(house, "ig_officer")
    with house.work(*officer) as ctx, pytest.raises(NotFound):
        certify(ctx, item.id)
    confirms(sqlite_app, item.id)
    seal_all(house)

    with house.work(*officer) as ctx:
        document = certify(ctx, item.id)
        found = certified(ctx, item.id)

    told = str(document.held())
    assert document.title == "Certificate of disposal 1"
    for said in ("R-1", "10 January 2025", "RET-1/3", "Erased", "5 December 2026", found.entry.hash.hex()):
        assert said in told
    assert "S-77" not in told
    assert "1984" not in told
    assert found.proof is not None
    assert document.sections[1].verbatim == found.proof
    bundle = tmp_path / "certificate.zip"
    with bundle.open("wb") as to:
        bundles.write(house, [found.entry.number], to)
    assert offline_bundle.check(bundle, None, None) == 1
    assert len(logged(house, "disposal.certified")) == 1
