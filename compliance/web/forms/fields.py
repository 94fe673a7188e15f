"""The kinds of answer a form can ask for, each drawn by the GOV.UK Design System."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf.file import FileField
from govuk_frontend_wtf.gov_form_base import GovFormBase
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from markupsafe import Markup
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.utils import unset_value


class Line(StringField):
    """One line of text."""

    widget = GovTextInput()


class Email(EmailField):
    """An e-mail address."""

    class _Input(GovTextInput):
        input_type = "email"

    widget = _Input()


class Prose(TextAreaField):
    """Several lines of text."""

    widget = GovTextArea()


class Secret(PasswordField):
    """A password; never sent back to the browser."""

    widget = GovPasswordInput()


class _Chosen:
    """Only what was on offer can be chosen; an empty choice is left to `Needed`."""

    def pre_validate(self, _form: Any) -> None:
        offered = {str(choice[0]) for choice in self.choices or ()}  # type: ignore[attr-defined]
        chosen = self.data if isinstance(self.data, list) else [self.data]  # type: ignore[attr-defined]
        if any(each and str(each) not in offered for each in chosen):
            raise ValidationError("Choose from what is on offer here.")


class OneOf(_Chosen, RadioField):
    """One of a few."""

    widget = GovRadioInput()

    @property
    def first_id(self) -> str:
        return self.name


class OneOfMany(_Chosen, SelectField):
    """One of a list too long to show whole."""

    class _Select(GovSelect):
        """The Design System's, but for its options: there can be hundreds, and its macro takes its time over each."""

        def render(self, params: dict[str, Any]) -> Markup:
            options = Markup("").join(
                Markup('<option value="{}"{}>{}</option>').format(
                    item["value"], Markup(" selected") if item["selected"] else "", item["text"]
                )
                for item in params["items"]
            )
            before, end, after = super().render(params | {"items": []}).rpartition("</select>")
            return Markup("").join((before, options, end, after))

    widget = _Select()


class Several(_Chosen, SelectMultipleField):
    """Any number of a few."""

    widget = GovCheckboxesInput()

    @property
    def first_id(self) -> str:
        return self.name


class Tick(BooleanField):
    """A statement that one agrees to."""

    widget = GovCheckboxInput()


class Paper(FileField):
    """A file."""

    widget = GovFileInput()


class _DayInput(GovFormBase):
    template = "govuk_frontend_wtf/date.html"

    def __call__(self, field: Day, **kwargs: Any) -> Any:
        kwargs.setdefault("id", field.id)
        return super().__call__(field, **kwargs)

    def map_gov_params(self, field: Day, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        wrong = " govuk-input--error" if field.errors else ""
        params.setdefault("fieldset", {"legend": {"text": field.label.text}})
        params["items"] = [
            {
                "label": part.capitalize(),
                "id": f"{field.id}-{part}",
                "name": f"{field.name}-{part}",
                "classes": f"govuk-input--width-{4 if part == 'year' else 2}{wrong}",
                "value": value,
            }
            for part, value in zip(PARTS, field.parts, strict=True)
        ]
        return params


PARTS = ("day", "month", "year")
EARLIEST, LATEST = 1990, 2100


class Day(Field):
    """A calendar date, asked for as day, month and year; nonsense is kept as typed and said to be nonsense."""

    widget = _DayInput()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None) -> None:
        super().process(formdata, data, extra_filters)
        self.parts = (str(self.data.day), str(self.data.month), str(self.data.year)) if self.data else ("", "", "")
        if not formdata or not any(f"{self.name}-{part}" in formdata for part in PARTS):
            # A date sent under the bare name is not how this field asks for one.
            self.data = self.data if isinstance(self.data, date) else None
            return
        self.parts = tuple(formdata.get(f"{self.name}-{part}", "").strip()[:10] for part in PARTS)
        self.data = None
        if not any(self.parts):
            return
        self.data = self._read()

    def _read(self) -> date | None:
        if all(part.isascii() and part.isdigit() for part in self.parts):
            try:
                day = date(int(self.parts[2]), int(self.parts[1]), int(self.parts[0]))
            except ValueError:
                day = None
            if day and EARLIEST <= day.year <= LATEST:
                return day
        self.process_errors = [*self.process_errors, f"Enter a real date from {EARLIEST} on, such as 21 11 2026."]
        return None

    @property
    def first_id(self) -> str:
        return f"{self.id}-day"
