"""The form every other form is: says what is wrong beside the field and at the top, and keeps what was typed."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, Form
from wtforms.validators import StopValidation

from compliance.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Throttled


class Needed:
    """Something has to be filled in; the words say what, as an instruction."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, _form: Form, field: Field) -> None:
        data = field.data
        if data and (not isinstance(data, str) or data.strip()):
            return
        if field.errors:
            raise StopValidation()
        raise StopValidation(self.words)


class PlainForm(FlaskForm):
    """A form that can be told why a use case refused it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.at_large: list[str] = []
        self.rule: str | None = None
        self.status = 200
        super().__init__(*args, **kwargs)

    def sent(self) -> bool:
        """Whether it was sent and every field can be understood; else the page is shown again, with 422."""
        if not self.is_submitted():
            return False
        if self.validate():
            return True
        self.status = 422
        return False

    def tell_at(self, name: str, words: str) -> None:
        """Something is wrong with this field."""
        field = self._fields[name]
        field.errors = [*field.errors, words]
        self.status = 422

    def refuse(self, words: str) -> None:
        """Something is wrong that belongs to no one field."""
        self.at_large.append(words)
        self.status = 422

    def tell(self, refusal: Refusal) -> None:
        """A use case refused: each error goes beside its field, and what belongs to no field to the top."""
        for error in refusal.fields:
            name = error.pointer.strip("/").partition("/")[0].replace("-", "_")
            if name in self._fields:
                self.tell_at(name, error.detail)
            else:
                self.at_large.append(error.detail)
        if not refusal.fields or isinstance(refusal, Conflict):
            self.at_large.insert(0, refusal.words)
        self.rule = refusal.rule
        self.status = 409 if isinstance(refusal, Conflict) else 403 if isinstance(refusal, Forbidden) else 422

    @property
    def summary(self) -> list[dict[str, str]]:
        """The list at the top of the page: every error, each leading to its field."""
        lines = [{"text": words} for words in self.at_large]
        for name, field in self._fields.items():
            if name == "csrf_token":
                continue
            target = getattr(field, "first_id", field.id)
            told = getattr(field, "told", field.errors)
            lines += [{"text": str(words), "href": f"#{target}"} for words in told]
        return lines

    def settle(self) -> None:
        """Before showing: a field with several errors shows all of them, one under another."""
        for field in self._fields.values():
            if len(field.errors) > 1:
                field.told = list(field.errors)
                field.errors = [Markup("<br>").join(escape(words) for words in field.errors)]


class telling:  # noqa: N801 - reads as a word: `with telling(form):`
    """Within it, a refusal about what was typed goes to the form; one about who asks goes on to its page."""

    def __init__(self, form: PlainForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, problem: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if isinstance(problem, (NotFound, Throttled)) or not isinstance(problem, Refusal):
            return False
        if isinstance(problem, (Invalid, Conflict)) or (isinstance(problem, Forbidden) and problem.rule == "ROL-3"):
            self.form.tell(problem)
            return True
        return False
