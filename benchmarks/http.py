"""«Gestionar cuentas» over HTTP, from two web processes: requests a second, and latency."""

from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks.ground import driving, filling, measuring, platform, processes
from vatio.tenants.models import Person

WEB_PROCESSES = 2
CONNECTIONS = (2, 8)
FLOOR = ("requests_per_second", "median_ms")
"""What is told of an empty view, asked in the same minute over as many connections."""


def request(address: str, leader: Person) -> bytes:
    """Return the bytes of a signed-in person's request of a page, as a browser sends them."""
    client = Client()
    client.force_login(leader)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return (
        f"GET {address} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session}\r\n\r\n"
    ).encode()


def run(
    ports: list[int], request_bytes: bytes, *, connections: int, seconds: int
) -> dict[str, float]:
    """Ask for one page from all web processes, over some connections, for some seconds."""
    driven = driving.drive(
        [(port, request_bytes) for port in ports], connections=connections, seconds=seconds
    )
    return {
        "requests_per_second": round(len(driven.answers) / driven.seconds, 1),
        **measuring.spread(driven.answers),
        "page_bytes": driven.bytes_of_a_page,
        "driver_cores": round(driven.processor_seconds / driven.seconds, 2),
    }


def main() -> None:
    """Measure the page of an organisation with 100 accounts, and of one with `--accounts`."""
    options = measuring.arguments(__doc__ or "", accounts=100_000, seconds=10)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    requests: dict[int, tuple[bytes, bytes]] = {}
    for size in sorted({min(100, options.accounts), options.accounts}):
        organisation = filling.organisation(f"Organización {size}", boss)
        leader = filling.person(f"nuria{size}@vatio.example", "Nuria Vidal")
        filling.lead(organisation, leader)
        filling.accounts(organisation, size, versions)
        page = request(f"/o/{organisation.slug}/accounts/", leader)
        requests[size] = page, request("/healthz", leader)
    filling.settle()
    machine = measuring.machine()
    connection.close()
    runs: list[dict[str, object]] = []
    with processes.web_processes(WEB_PROCESSES) as ports:
        for size, (page, nothing) in requests.items():
            for connections in CONNECTIONS:
                of_nothing = run(ports, nothing, connections=connections, seconds=3)
                of_page = run(ports, page, connections=connections, seconds=options.seconds)
                floor = {f"floor_{name}": of_nothing[name] for name in FLOOR}
                runs.append({"accounts": size, "connections": connections, **of_page, **floor})
    measuring.report(
        {
            "measured": "http",
            "web_processes": WEB_PROCESSES,
            "seconds": options.seconds,
            "runs": runs,
            "machine": machine,
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
