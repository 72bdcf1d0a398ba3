"""Where a form leads back to."""

from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(form: QueryDict, otherwise: str) -> str:
    """Tell the page on which a button stood, as its form says it, if that is one of ours."""
    back = form.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else otherwise
