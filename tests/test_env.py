from psycopg.conninfo import make_conninfo

from vatio import env


def test_both_ends_of_a_connection_notice_within_half_a_minute_that_the_other_is_silent() -> None:
    options = env.database("postgresql://vatio:secret@db.example:5433/vatio")["OPTIONS"]

    assert isinstance(options, dict)
    assert make_conninfo(**options)
    assert int(options["tcp_user_timeout"]) <= 30_000
    idle, interval, count = (
        int(options[f"keepalives_{name}"]) for name in ("idle", "interval", "count")
    )
    assert idle + interval * count <= 30
    server = dict(each.removeprefix("-c ").split("=") for each in options["options"].split(" -c "))
    assert {name.removeprefix("tcp_"): value for name, value in server.items()} == {
        name.removeprefix("tcp_"): value
        for name, value in options.items()
        if name not in {"connect_timeout", "options"}
    }


def test_what_the_address_says_of_a_connection_wins() -> None:
    url = (
        "postgresql://vatio@/vatio?host=/run/postgresql&keepalives_idle=60&sslmode=require"
        "&options=-c%20search_path%3Denergy"
    )

    read = env.database(url)

    assert (read["HOST"], read["PORT"]) == ("/run/postgresql", "")
    options = read["OPTIONS"]
    assert isinstance(options, dict)
    assert (options["keepalives_idle"], options["sslmode"]) == ("60", "require")
    assert options["options"].endswith("-c search_path=energy")
    assert options["options"].startswith("-c tcp_keepalives_idle=10")
