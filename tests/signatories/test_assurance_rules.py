"""How a policy stands on each side of its days, the same as the checklist has it; and what a link may be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.kernel.errors import Invalid
from signatories.assurance.rules import Currency, PolicyStanding, gravest, standing
from signatories.links import checked

REVIEW_ON = date(2027, 1, 31)
DAY = timedelta(days=1)


@pytest.mark.rule("SIG-11")
@pytest.mark.parametrize(
    ("days_after", "expected"),
    [
        (-29, Currency.CURRENT), (-28, Currency.DUE_SOON), (0, Currency.DUE_SOON), (1, Currency.IN_GRACE),
        (28, Currency.IN_GRACE), (29, Currency.OUT_OF_DATE),
    ],
)  # fmt: skip
def test_a_policy_is_in_date_to_the_end_of_its_review_day_and_in_grace_to_the_end_of_its_last(
    days_after: int, expected: Currency
) -> None:
    stands = standing(REVIEW_ON, REVIEW_ON + days_after * DAY, soon_days=28, grace_days=28)

    assert stands.currency is expected
    until = {Currency.IN_GRACE: REVIEW_ON + 28 * DAY, Currency.OUT_OF_DATE: None}
    assert stands.until == until.get(expected, REVIEW_ON)


@pytest.mark.rule("SIG-11")
def test_an_organisation_stands_where_its_worst_policy_does() -> None:
    missing = standing(None, REVIEW_ON, soon_days=28, grace_days=28)

    assert missing == PolicyStanding(Currency.MISSING)
    assert gravest([PolicyStanding(Currency.IN_GRACE), PolicyStanding(Currency.CURRENT)]) is Currency.IN_GRACE
    assert gravest([PolicyStanding(Currency.OUT_OF_DATE), missing]) is Currency.MISSING
    assert gravest([]) is Currency.CURRENT


@pytest.mark.rule("SIG-11")
def test_a_link_is_kept_by_the_name_its_website_really_has() -> None:
    assert checked("https://Swale.Example:443/p?v=2#top", pointer="/link") == "https://swale.example/p?v=2#top"
    assert checked("https://b\u00fccher.example", pointer="/link") == "https://xn--bcher-kva.example"
    for wrong in (
        "http://swale.example", "//swale.example", "https://swale", "https://swale.example:8443/", "https://[::1]/",
        "https://127.0.0.1/", "https://a@swale.example", "javascript:alert(1)", "https://", "https://swale.example/a b",
        "https://swale.example/\u202ep", f"https://swale.example/{'p' * 500}", "https://swale.example:x/",
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            checked(wrong, pointer="/link")
        assert refused.value.fields[0].pointer == "/link"
