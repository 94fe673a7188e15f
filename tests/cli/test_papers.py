"""`compliance papers`: telling a document of ours from one that was touched (SIG-2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance.kernel.secrets import KeyRing
from compliance.papers.signing import sign
from compliance.papers.typesetting import Press
from tests.builders.papers import PRODUCED, a_document
from tests.support.installation import Installation


@pytest.mark.rule("SIG-2")
def test_a_document_is_checked_by_its_file_alone(installation: Installation, tmp_path: Path) -> None:
    key = KeyRing.load(installation.var / "keys.json").papers[0]
    signed = sign(Press().set(a_document("Words.")), key, at=PRODUCED, reason="As the register had it")
    ours, touched = tmp_path / "ours.pdf", tmp_path / "touched.pdf"
    ours.write_bytes(signed)
    touched.write_bytes(signed.replace(b"%%EOF", b"%%eof", 1))

    assert "is ours, and nothing in it was changed" in installation.does("papers", "check", str(ours))
    refused = installation.tries("papers", "check", str(touched), "--json")
    assert (refused.code, json.loads(refused.out)) == (1, {"well": False, "found": "altered"})
