"""What a view may answer with, and the usual ways of doing so."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BareResponse

from .forms.plain import PlainForm

Reply = str | Response | BareResponse | tuple[str, int] | tuple[Response, int]


def show(template: str, form: PlainForm | None = None, **given: Any) -> Reply:
    """A page; with a form that was refused, its status is the refusal's and its errors stand beside the fields."""
    if form is not None:
        form.settle()
    return render_template(template, form=form, **given), form.status if form is not None else 200


def on(endpoint: str, done: str | None = None, **values: Any) -> Reply:
    """On to another page after a change, with a line that says what was done."""
    if done:
        flash(done)
    return redirect(url_for(endpoint, **values), 303)


def attachment(content: bytes, media_type: str, file_name: str, *, inline: bool = False) -> Response:
    """A file, under a name in which nothing can break out of its header."""
    plain = "".join(
        character if character.isascii() and (character.isalnum() or character in "._-") else "_"
        for character in file_name
    )
    reply = Response(content, mimetype=media_type)
    way = "inline" if inline else "attachment"
    reply.headers["Content-Disposition"] = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    return reply
