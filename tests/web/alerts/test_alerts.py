import pytest
from django.test import Client

from tests.web.alerts.conftest import Watched

pytestmark = pytest.mark.django_db


def test_smoke(client: Client, watched: Watched) -> None:
    page = client.get(watched.address)
    assert page.status_code == 200
    open("/tmp/mine/pages-list.html","w").write(page.content.decode())
    for at in ("new/", f"rules/{watched.rule.uid}/", f"rules/{watched.rule.uid}/change/", f"rules/{watched.rule.uid}/remove/", f"{watched.episodes()[0].uid}/", "download.csv","download.xlsx", "?state=open", "?q=10&from=2026-05-01&sort=lasted", "new/?kind=night"):
        page = client.get(watched.address + at)
        assert page.status_code == 200, at
        if at.endswith("csv"):
            print(page.content.decode())
    data = {"name": "x", "kind": "above", "thing": f"point:{watched.point.uid}", "threshold": "9,5", "minutes": "15", "when": "always", "severity": "normal", "mail": str(watched.ana.pk)}
    page = client.post(watched.address + "new/", data | {"try": "part"}, headers={"HX-Request": "true"})
    print(page.content.decode())
    page = client.post(watched.address + "new/", data)
    print(page.status_code)
    assert page.status_code == 302, page.content.decode()
