"""Whatever is sent to any operation, well-formed or not, is answered as the contract says, and never with a fault of ours."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.inventory.contract.document import DOCUMENT
from tests.inventory.world import World

KEPT: dict[str, Any] = json.loads(DOCUMENT.read_text()) if DOCUMENT.exists() else {"paths": {}}
EXAMPLES = 4
FITTING, UNFITTING = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def _tries() -> list[Any]:
    """Every operation with what fits it, and, where something of what it takes can be wrong, with what does not."""
    found = []
    for path, methods in KEPT["paths"].items():
        for method, said in methods.items():
            label = f"{method.upper()} {path}"
            found.append(pytest.param(label, FITTING, id=f"{label} fitting"))
            if "requestBody" in said or any("schema" in each for each in said.get("parameters", ())):
                found.append(pytest.param(label, UNFITTING, id=f"{label} unfitting"))
    return found


LEFT_OUT = {"positive_data_acceptance"}
"""What has the right shape may still be refused for what it means: an id of nothing, a day that is over."""


@cache
def contract(app: Flask) -> Any:
    """The document, in the hands of the one who tries it."""
    load_all_checks()
    made = schemathesis.openapi.from_dict(KEPT)
    made.app = app
    return made


def checks() -> list[Any]:
    load_all_checks()
    return [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in LEFT_OUT]


@pytest.mark.parametrize(("label", "mode"), _tries())
def test_every_operation_answers_as_the_contract_says(world: World, label: str, mode: GenerationMode) -> None:
    operation = contract(world.app).find_operation_by_label(label)
    method, _, path = label.partition(" ")
    scopes = [each for each in KEPT["paths"][path][method.lower()]["security"] if "program" in each]
    who = world.callers["program" if scopes else "hub_manager"]

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        shown = {} if label.endswith(("/token", "/revoke", "/introspect")) else who.headers()
        reply = case.call(headers=shown)
        case.validate_response(reply, checks=checks(), headers=shown)

    try:
        holds()
    finally:
        world.put_back()
