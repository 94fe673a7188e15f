"""Each rule the service promises to keep is named by the code that keeps it and by a test that proves it."""

from __future__ import annotations

from tests.inventory import rules


def test_every_promised_rule_has_its_meaning_and_its_clause() -> None:
    missing = sorted(rules.PROMISED - rules.rules().keys())

    assert missing == [], "say in tests/inventory/rules.toml what it means, in our words, and its clause"


def test_every_rule_is_named_by_code_that_keeps_it() -> None:
    unkept = [rule.id for rule in rules.rules().values() if not rule.kept]

    assert unkept == [], "name the rule where it is kept: in the docstring, the refusal or the value's rule"


def test_every_rule_is_proved_by_a_test_that_names_it() -> None:
    unproved = [rule.id for rule in rules.rules().values() if not rule.tests]

    assert unproved == [], 'mark the test that proves it: @pytest.mark.rule("…")'


def test_no_test_names_a_rule_that_nobody_knows() -> None:
    known = rules.rules().keys()
    unknown = [f"{path}::{test} names {id_}" for path, test, id_ in rules.marked() if id_ not in known]

    assert unknown == [], "add the rule to tests/inventory/rules.toml, or mend the mark"


def test_the_document_of_rules_says_what_is_so() -> None:
    assert rules.DOCUMENT.exists(), "run `make docs`"
    assert rules.DOCUMENT.read_text() == rules.write(rules.rules()), "docs/rules.md is out of date: run `make docs`"
