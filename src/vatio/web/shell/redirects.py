"""Where a form redirects to."""

from urllib.parse import quote

from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(form: QueryDict, otherwise: str) -> str:
    """Return the page on which a button stood, as the form's `back` says, or `otherwise`.

    A button of a table names its row there, an id, as `row`. An address of another host is
    ignored, so that the form is no open redirect; so is what is no path, which Django would
    take for the name of a page."""
    back, row = form.get("back", ""), form.get("row", "")
    is_own = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    if not is_own:
        return otherwise
    return f"{back}#{quote(row)}" if row else back
