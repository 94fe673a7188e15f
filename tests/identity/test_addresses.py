"""One spelling for every e-mail address."""

from __future__ import annotations

import pytest

from compliance.identity.addresses import domain_of, normalise
from compliance.kernel.errors import Invalid


@pytest.mark.rule("LIC-2")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann.Vale@Kent.Example.ORG ", "ann.vale@kent.example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@ｋｅｎｔ.example.org", "ann@kent.example.org"),
        ("o'neill+marac@kent.example.org", "o'neill+marac@kent.example.org"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert normalise(typed) == kept
    assert normalise(kept) == kept


@pytest.mark.rule("LIC-2")
@pytest.mark.parametrize(
    "typed",
    [
        "", "ann", "@kent.example.org", "ann@", "ann@localhost", "ann@192.0.2.1", "ann@[192.0.2.1]", "a b@kent.example.org",
        "ann@kent..example.org", ".ann@kent.example.org", "ann.@kent.example.org", "ann@kent_police.example.org", "ann@-kent.example.org",
        "ann\x00@kent.example.org", "ann@kent.example.org\nBcc: x@y.example", "аnn@kent.example.org", "ann@kent.example.org>",
        '"ann"@kent.example.org', "ann\ud800@kent.example.org", "ann@\ud800.example.org", "a" * 65 + "@kent.example.org",
        "ann@" + "a." * 130 + "org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field_and_not_repeated(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalise(typed)

    assert [error.pointer for error in refused.value.fields] == ["/email"]
    assert not typed or typed not in refused.value.words


def test_the_domain_is_what_stands_behind_the_at() -> None:
    assert domain_of("ann@kent.example.org") == "kent.example.org"
