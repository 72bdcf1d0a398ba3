"""Where a form redirects to."""

from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(form: QueryDict, otherwise: str) -> str:
    """Return the page on which a button stood, as the form's `back` says, or `otherwise`.

    An address of another host is ignored, so that the form is no open redirect."""
    back = form.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else otherwise
