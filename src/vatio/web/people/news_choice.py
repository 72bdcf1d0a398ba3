"""«Cómo avisarme»: how a person is told of news, chosen in the own profile."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio.notices.choosing import choose
from vatio.notifications.news import HowTold
from vatio.web.people.news_form import NewsForm
from vatio.web.people.profile import show
from vatio.web.shell.access import SIGNED_IN, Request, only


@require_POST
@only(SIGNED_IN)
def set_news(request: Request) -> HttpResponse:
    """Set how the person is told of news."""
    form = NewsForm(request.POST)
    if not form.is_valid():
        return show({"news": form}, request)
    choose(request.user, HowTold(form.cleaned_data["how"]), form.apart())
    messages.success(request, _("It is saved how you are told."))
    return redirect("profile")


urlpatterns = [path("profile/news/", set_news, name="news_choice")]
