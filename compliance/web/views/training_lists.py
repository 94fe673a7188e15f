"""Recording what many people learnt, by spreadsheet: a template, what would become of each row, and the answers (GOV-7)."""

from __future__ import annotations

from flask import Blueprint, url_for

from compliance.kernel.context import in_force
from compliance.licences.training.lists.columns import COLUMNS, KIND
from compliance.licences.training.lists.events import TrainingListTried
from compliance.licences.training.lists.use_cases import carry_out
from compliance.web import sheets
from compliance.web.access import guarded
from compliance.web.forms.sheets import Send
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("training_lists", __name__, url_prefix="/training/list")

ABOUT = sheets.About(
    kind=KIND,
    carry_out=carry_out,
    tried=TrainingListTried,
    answers="training-answers",
    first="training_lists.first",
    home="training.learners",
    home_text="Back to training",
    column="Module",
    of=lambda cells: cells.get("module") or "No module named",
    made=lambda person_id: url_for("training.learner", person_id=person_id),
    then="Whoever is still due stands on the training page.",
    twice="recorded already",
)


@pages.route("", methods=["GET", "POST"])
@guarded(Permission.TRAINING_RECORD, upload=True)
def first() -> Reply:
    """Send a spreadsheet, and see for each row what would become of it; nothing is recorded yet."""
    return sheets.looked_at(ABOUT, _first)


@pages.get("/template.<form>")
@guarded(Permission.TRAINING_READ)
def template(form: str) -> Reply:
    """An empty list to fill in: by the hub, or by a partner whose list the hub then records."""
    return sheets.template_of(KIND, form)


@pages.post("/records")
@guarded(Permission.TRAINING_RECORD)
def send() -> Reply:
    """Record the list: every row that can be taken is, in one transaction, and each other is answered with why."""
    return sheets.sent(ABOUT, _first)


@pages.post("/answers.<form>")
@guarded(Permission.TRAINING_RECORD)
def answers(form: str) -> Reply:
    """The answers that were just given, as a file: those refused can be mended in it, and sent again."""
    return sheets.answers_of(ABOUT, form)


def _first(form: Send) -> Reply:
    policy = in_force(Policy)
    return show(
        "training_list.html", form, columns=COLUMNS, most=policy.licences.bulk_rows, modules=policy.training.values()
    )
