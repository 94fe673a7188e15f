"""Which domains can be an organisation's own."""

from __future__ import annotations

import pytest

from compliance.kernel.errors import Invalid
from compliance.kernel.settings import REPOSITORY
from policies.values import Policy
from signatories.domains import own_domain
from signatories.errors import NotOwnDomain

pytestmark = pytest.mark.rule("LIC-2")

POLICY = Policy.load(REPOSITORY / "policies")


def owned(domain: str) -> str:
    return own_domain(domain, providers=POLICY.personal_email_providers, suffixes=POLICY.public_suffixes)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("swale.gov.uk", "swale.gov.uk"),
        ("  Kent.Police.UK. ", "kent.police.uk"),
        ("@nhs.net", "nhs.net"),
        ("mail.swale.gov.uk", "mail.swale.gov.uk"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("swale。example", "swale.example"),
    ],
)
def test_a_domain_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert owned(given) == kept


@pytest.mark.parametrize(
    "domain", ["gmail.com", "GMAIL.com", "gmail。com", "ｇmail.com", "mail.gmail.com", "hotmail.co.uk", "proton.me."]
)
def test_a_provider_of_personal_mail_is_never_an_organisations_own(domain: str) -> None:
    with pytest.raises(NotOwnDomain) as refused:
        owned(domain)

    assert refused.value.fields[0].pointer == "/domain"


@pytest.mark.parametrize("domain", ["co.uk", "gov.uk", "police.uk", "nhs.uk", "org.uk", "ORG.UK"])
def test_an_ending_that_many_share_is_nobodys_own(domain: str) -> None:
    with pytest.raises(NotOwnDomain):
        owned(domain)


@pytest.mark.parametrize(
    "domain",
    ["", "com", "uk", "localhost", "192.0.2.1", "swale gov.uk", "a..b", "-a.example", "a@b.example", "x\0.example",
     "swale.gov.uk/x", "‮swale.gov.uk", "\ud800.example", "a." * 130 + "uk", "*.gov.uk", "_x.gov.uk"],
)  # fmt: skip
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(Invalid):
        owned(domain)


def test_every_shared_ending_and_every_provider_in_the_data_is_in_the_spelling_it_is_compared_in() -> None:
    for name in POLICY.public_suffixes | POLICY.personal_email_providers:
        assert name == name.encode("idna").decode().lower()
        with pytest.raises(NotOwnDomain):
            owned(name)
