from datetime import timedelta

from django.utils.html import escape

from tests import make
from tests.browser.conftest import Enter, Platform
from tests.browser.test_every_page import furnish, pages
from vatio import clock
from vatio.accounts.models import Account
from vatio.catalogue.models import Licence
from vatio.dates import add_months
from vatio.orders import commenting, deciding
from vatio.orders.models import Order
from vatio.portfolios import drafts
from vatio.portfolios.models import ImportDraft
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities

WIDTHS = (320, 390, 768, 1024, 1366, 1500)
LONG = "Wolframiomolibdenocarburo" * 5
"""One word of 125 letters: names are of 120 at most, so a few of them give way to a number."""
TOO_WIDE = """() => {
  const page = document.documentElement;
  const cards = [...document.querySelectorAll(".scroll:has(.cards)")];
  if (page.clientWidth < 830 && cards.some((each) => each.scrollWidth > each.clientWidth)) return "cards";
  if (page.scrollWidth <= page.clientWidth) return "";
  const found = [...document.querySelectorAll("body *")].filter((each) =>
    each.getBoundingClientRect().right > page.clientWidth && !each.closest(".scroll"));
  return found.slice(0, 3).map((each) => each.outerHTML.slice(0, 120)).join(" … ") || "the page";
}"""


COVERED = """() => {
  const found = [];
  for (const row of document.querySelectorAll("table.wide tr")) {
    const [name, ends, acts] = [row.firstElementChild, row.querySelector(".ends"), row.lastElementChild]
      .map((each) => each.getBoundingClientRect());
    const page = document.documentElement.clientWidth;
    const words = [...row.lastElementChild.querySelectorAll("*")].filter((each) => each.offsetWidth > 1);
    if (words.some((each) => each.getBoundingClientRect().left < ends.right - 1)) found.push(row.innerText);
    if (ends.left < name.right - 1 || ends.right > acts.left + 1 || acts.right > page) found.push(row.innerText);
  }
  return found;
}"""


def lengthen(platform: Platform) -> None:
    for place, account in enumerate(Account.objects.order_by("pk")):
        Account.objects.filter(pk=account.pk).update(
            name=f"{LONG[:115]}{place}",
            client=LONG[:120],
            contact_email=f"{'contacto' * 7}@{'proveedora' * 5}.example",
        )
    Organisation.objects.update(name=LONG[:100], notice_address=f"{'avisos' * 9}@norte.example")
    for place, licence in enumerate(Licence.objects.order_by("pk")):
        Licence.objects.filter(pk=licence.pk).update(name=f"{LONG[:58]}{place}")
    for place, person in enumerate(Person.objects.order_by("pk")):
        Person.objects.filter(pk=person.pk).update(name=f"{LONG[:90]}{place}")
    for order in Order.objects.open():
        commenting.comment(order, LONG * 3, by=platform.elena, at=clock.now())
        commenting.note(order, LONG * 3, by=platform.elena, at=clock.now())
    Order.objects.open().update(comments=LONG * 3, reference=LONG[:60])


def test_no_name_however_long_widens_a_page_for_anybody(platform: Platform, enter: Enter) -> None:
    hotel = furnish(platform)
    addresses = pages(platform, hotel)
    people = {"nuria": platform.nuria, "elena": platform.elena, "marta": make.holder(hotel)}
    opening = make.opening_order(platform.norte, LONG[:119], by=platform.nuria, at=clock.now())
    rejected = make.opening_order(platform.norte, LONG[:118], by=platform.nuria, at=clock.now())
    deciding.reject(rejected, reason=LONG * 3, by=platform.elena, at=clock.now())
    drafts.keep(
        platform.norte,
        f"{LONG[:60]}.csv",
        f"Cuenta;Cliente;Licencia;Mtr;Inicio;Fin\n{LONG};{LONG};{LONG};x;y;z\n".encode(),
        by=platform.elena,
        at=clock.now(),
    )
    lengthen(platform)
    for order in (opening, rejected):
        addresses["nuria"].append(f"/orders/{order.uid}/")
        addresses["elena"].append(f"/orders/{order.uid}/")
    addresses["elena"].append(f"/desk/imports/{ImportDraft.objects.latest('id').uid}/")
    found = {}
    seen = 0

    for who, person in people.items():
        page = enter(person)
        for address in addresses[who]:
            page.goto(address)
            seen += escape(LONG[:60]) in page.content()
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                told = page.evaluate(TOO_WIDE)
                if told:
                    found[f"{who} {address} at {width}"] = told

    assert seen > 40
    assert found == {}


def test_no_button_ever_covers_the_day_on_which_an_account_expires(
    platform: Platform, enter: Enter
) -> None:
    furnish(platform)
    huge = Quantities(meters=1_000_000, supply_points=1_000_000, rtc_lines=1_000_000)
    for name, days in (("Nave Sil", 90), ("Nave Miño", -3)):
        end = clock.today("Europe/Madrid") + timedelta(days=days)
        make.account(
            name,
            organisation=platform.norte,
            starts_on=add_months(end, -12, anchor_day=end.day),
            totals=huge,
            sms_credits=1_000_000,
        )
    lengthen(platform)
    page = enter(platform.nuria)
    slug, found = platform.norte.slug, {}

    for language in ("es", "en"):
        Person.objects.update(language=language)
        for address in (f"/o/{slug}/accounts/", f"/o/{slug}/accounts/expired/"):
            page.goto(address)
            assert page.locator("table.wide tbody tr").count() >= 3
            for width in (840, 1024, 1100, 1280, 1366, 1440, 1500, 1920):
                page.set_viewport_size({"width": width, "height": 900})
                told = page.evaluate(COVERED)
                if told:
                    found[f"{language} {address} at {width}"] = told[0]

    assert found == {}
