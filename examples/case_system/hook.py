"""The address that the conformance kit knocks at: the same question as every page's, and nothing shown. Only with `--kit`."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from compliance.client import Question

from .doors import service

hook = Blueprint("hook", __name__)


@hook.post("/may-open")
def may_open() -> Response:
    """Whether a page would be shown to this person: asked as pages ask."""
    asked = request.get_json()
    question = Question(asked["person"], asked["action"], asked["type"], asked["reference"])
    [of_a_page] = service().decide_all([question])
    return jsonify(opened=of_a_page.permits)
