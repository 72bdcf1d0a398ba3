"""What can be typed after `vatio`: read before anything of the platform is touched."""

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime

from vatio.demo.meter import faults


def read(words: list[str]) -> argparse.Namespace:
    """Return what was typed; `command` names a function of the module `module` of this package.

    :raises SystemExit: if help was asked for, or the words make no command.
    """
    return _parser().parse_args(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vatio",
        description="Vatio, energy management.",
        epilog="`vatio --version` prints which version this is, and starts nothing.",
    )
    top = parser.add_subparsers(required=True, metavar="COMMAND")
    _word(top, "run", "start everything: the database and the pages", "run")
    _word(top, "serve", "start one web process", "serve")
    _word(top, "worker", "start one worker: reminders, messages, what time brings", "worker")
    mail = top.add_parser("mail", help="the mail server").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _word(mail, "test", "send a message to an address, now", "try_mail").add_argument("address")
    sms = top.add_parser("sms", help="text messages").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _word(sms, "test", "send a message to a number, now", "try_sms").add_argument("number")
    outbox = _word(sms, "outbox", "print what the demo would send", "show_texts")
    outbox.add_argument("--json", action="store_true")
    _word(top, "migrate", "bring the database up to date", "migrate")
    accounts = top.add_parser("accounts", help="the accounts of an organisation")
    in_accounts = accounts.add_subparsers(required=True, metavar="COMMAND")
    _add_portfolio(
        _word(in_accounts, "import", "import a portfolio from a spreadsheet", "import_accounts")
    )
    _add_show(
        _word(in_accounts, "show", "print what an account holds, uses and has left", "show_account")
    )
    _add_check(_word(top, "check", "recount what is counted", "check"))
    inventory = top.add_parser("inventory", help="what is installed in an account")
    in_inventory = inventory.add_subparsers(required=True, metavar="COMMAND")
    _add_inventory_import(
        _word(in_inventory, "import", "import an inventory from a workbook", "import_inventory")
    )
    _add_inventory_export(
        _word(in_inventory, "export", "write an inventory into a workbook", "export_inventory")
    )
    tariffs = top.add_parser("tariffs", help="the regulated prices of electricity")
    in_tariffs = tariffs.add_subparsers(required=True, metavar="COMMAND")
    _add_prices(_word(in_tariffs, "import", "import regulated prices", "import_tariffs"))
    sources = top.add_parser("sources", help="the sources that insert readings")
    in_sources = sources.add_subparsers(required=True, metavar="COMMAND")
    _add_source(_word(in_sources, "add", "add one, and print its token", "add_source"))
    _add_source(_word(in_sources, "rotate", "print another token of one", "rotate_token"))
    _add_collect(_word(top, "collect", "call the RTC lines whose turn it is", "collect"))
    lines = top.add_parser("lines", help="the RTC lines, by which meters are called")
    in_lines = lines.add_subparsers(required=True, metavar="COMMAND")
    _add_line(_word(in_lines, "add", "add one by IP", "add_line"))
    anew = _word(in_lines, "reseal", "seal the keys anew with the first DATA_KEY", "reseal_lines")
    anew.add_argument("--json", action="store_true", help="print one JSON object")
    readings = top.add_parser("readings", help="what meters said")
    in_readings = readings.add_subparsers(required=True, metavar="COMMAND")
    _add_curves(_word(in_readings, "import", "import a file of load curves", "import_readings"))
    _add_sum(_word(in_readings, "sum", "add readings up", "sum_readings"))
    alerts = top.add_parser("alerts", help="what is told of readings")
    in_alerts = alerts.add_subparsers(required=True, metavar="COMMAND")
    evaluate = _word(in_alerts, "evaluate", "look at what changed, now", "evaluate_alerts")
    evaluate.add_argument("--anew", action="store_true", help="look at all of it again")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    people = top.add_parser("people", help="the people of this platform")
    in_people = people.add_subparsers(required=True, metavar="COMMAND")
    reset = _word(in_people, "reset", "print a link to choose a new password", "reset_password")
    reset.add_argument("email")
    demo = top.add_parser("demo", help="the demo").add_subparsers(required=True, metavar="COMMAND")
    people_of_demo = _word(demo, "people", "list the people of the demo", "people", "demo")
    people_of_demo.add_argument("--json", action="store_true")
    advance = _word(demo, "advance", "let days pass in the demo", "advance", "demo")
    advance.add_argument("days", help="a whole number from 1 to 366")
    advance.add_argument("--json", action="store_true")
    _add_meter(_word(demo, "meter", "answer as a simulated utility meter", "meter", "demo"))
    return parser


def _word(
    top: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    about: str,
    command: str,
    module: str = "commands",
) -> argparse.ArgumentParser:
    parser = top.add_parser(name, help=about)
    parser.set_defaults(command=command, module=module)
    return parser


def _add_portfolio(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio accounts import`."""
    parser.add_argument("file", metavar="FILE", help="xlsx, xls, ods or csv")
    parser.add_argument("--organisation", required=True, metavar="NAME")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument(
        "--licence", action="append", default=[], metavar="THEIRS=OURS", help="map a licence's name"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="map a heading to one of our columns; THEIRS= leaves the column out",
    )
    parser.add_argument(
        "--sheet", default="", metavar="SHEET", help="the sheet of a workbook with several"
    )
    parser.add_argument(
        "--ends",
        choices=["exclusive", "inclusive"],
        default="",
        help="whether an end is the day of expiry (exclusive) or the last day covered (inclusive)",
    )
    parser.add_argument(
        "--by", default="", metavar="EMAIL", help="who of the commercial department"
    )
    parser.add_argument("--json", action="store_true")


def _add_show(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio accounts show`."""
    parser.add_argument("--account", required=True, metavar="NAME")
    parser.add_argument("--organisation", required=True, metavar="NAME")
    parser.add_argument(
        "--on", default="", metavar="DAY", help="a day such as 2027-05-03; today unless said"
    )
    parser.add_argument("--json", action="store_true")


def _add_check(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio check`."""
    parser.add_argument("--repair", action="store_true", help="write what was counted")
    parser.add_argument("--json", action="store_true")


def _add_inventory_import(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the import."""
    parser.add_argument("file", metavar="FILE", help="a workbook with a sheet a kind")
    _add_account(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--json", action="store_true")


def _add_inventory_export(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the export."""
    parser.add_argument("file", metavar="FILE", help="the workbook (xlsx) to write")
    _add_account(parser)


def _add_prices(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio tariffs import`."""
    parser.add_argument("file", metavar="FILE", help="csv, xlsx, xls or ods")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--json", action="store_true")


def _add_source(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name a data source."""
    _add_account(parser)
    parser.add_argument("--name", required=True, metavar="NAME", help="what the source is called")
    parser.add_argument("--json", action="store_true")


def _add_line(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio lines add`: a key is never one."""
    _add_account(parser)
    parser.add_argument("--cups", required=True, help="of the supply point")
    parser.add_argument(
        "--meter", default="", metavar="SERIAL", help="the supply point's principal unless said"
    )
    parser.add_argument("--host", required=True, help="a name or an IP address")
    parser.add_argument("--port", required=True, help="from 1024 to 65535")
    parser.add_argument("--link", required=True, metavar="N", help="the link address")
    parser.add_argument("--point", required=True, metavar="N", help="the measuring point")
    parser.add_argument(
        "--key-file", required=True, metavar="FILE", help="with the access key in decimal digits"
    )
    parser.add_argument("--json", action="store_true")


def _add_curves(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio readings import`."""
    parser.add_argument("file", metavar="FILE", help="a file of load curves, or a zip, gz, bz2")
    _add_account(parser)
    parser.add_argument("--cups", default="", help="of what the file names no supply point for")
    parser.add_argument(
        "--label", choices=["start", "end", "ordinal"], help="what the hours of the file name"
    )
    parser.add_argument("--unit", choices=["Wh", "kWh", "kW"])
    parser.add_argument("--zone", default="", metavar="ZONE", help="such as Atlantic/Canary")
    parser.add_argument("--kind", choices=["interval", "register"])
    parser.add_argument("--minutes", type=int, choices=[5, 10, 15, 30, 60, 1440])
    parser.add_argument("--decimal", choices=[",", "."], help="the decimal mark")
    parser.add_argument("--digits", type=int, metavar="N", help="digits that the register shows")
    parser.add_argument("--data-point", default="", metavar="UID", help="where the curve goes")
    parser.add_argument("--create", action="store_true", help="make what the account lacks")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--json", action="store_true")


def _add_sum(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio readings sum`."""
    _add_account(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--cups", default="")
    what.add_argument("--data-point", default="", metavar="UID")
    what.add_argument("--site", default="", metavar="NAME")
    parser.add_argument(
        "--from", dest="since", type=date.fromisoformat, required=True, metavar="DAY"
    )
    parser.add_argument(
        "--to",
        dest="until",
        type=date.fromisoformat,
        required=True,
        metavar="DAY",
        help="the first day that no longer counts",
    )
    parser.add_argument("--quantity", type=int, metavar="CODE", help="402 unless said")
    parser.add_argument("--by", choices=["day", "month", "period"])
    parser.add_argument(
        "--known-at", type=datetime.fromisoformat, metavar="TIME", help="as it was known then"
    )
    parser.add_argument("--json", action="store_true")


def _add_collect(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio collect`."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="call what is due, then end")
    how.add_argument("--line", default="", metavar="ID", help="call this line; with --now")
    parser.add_argument("--now", action="store_true", help="whatever the hour")
    parser.add_argument("--json", action="store_true")


def _add_meter(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `vatio demo meter`; `--fault help` is answered here, and ends."""
    parser.add_argument(
        "--port", type=_whole(65_535), required=True, metavar="PORT", help="of 127.0.0.1; 0: any"
    )
    parser.add_argument("--key", type=_whole(2**32 - 1), default=7, metavar="N")
    parser.add_argument("--link", type=_whole(65_535), default=1, metavar="N", help="link address")
    parser.add_argument("--point", type=_whole(65_535), default=1, metavar="N", help="of measuring")
    parser.add_argument(
        "--fault",
        action=_AddFault,
        default=[],
        metavar="NAME",
        help="one that the meter has, again for another; `--fault help` lists them",
    )


class _AddFault(argparse.Action):
    """Takes one fault more, or prints the list of them all and ends."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        word = str(values)
        if word == "help":
            sys.stdout.write("\n".join(faults.listed()) + "\n")
            parser.exit(0)
        try:
            faults.MeterFaults([word])
        except faults.UnknownMeterFault as error:
            raise argparse.ArgumentError(self, str(error)) from None
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), word])


def _whole(most: int) -> Callable[[str], int]:
    """Return what reads a whole number from 0 to `most`."""

    def whole(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) > most:
            raise argparse.ArgumentTypeError(f"«{text}» is not a whole number from 0 to {most}")
        return int(text)

    return whole


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", required=True, metavar="NAME")
    parser.add_argument("--organisation", required=True, metavar="NAME")
