"""CSV files that pages return, written as a spreadsheet in the reader's language opens them."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime

from django.http import HttpResponse
from django.utils.translation import get_language

from vatio import workbooks

Cell = str | float | datetime | date | None
"""What a cell holds; a moment is local, without its time zone."""

MOMENT, DAY = "%Y-%m-%d %H:%M", "%Y-%m-%d"


def csv_file(
    headings: Iterable[str],
    rows: Iterable[Iterable[Cell]],
    *,
    name: str,
    places: int,
    moments: str = MOMENT,
) -> HttpResponse:
    """Return rows as a file to download.

    In English commas separate cells and points come before decimals, in Spanish semicolons and
    commas. Moments are written as in ISO 8601.

    :param places: how many decimals a number has at most.
    """
    is_english = (get_language() or "es").startswith("en")

    def words(cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, datetime):
            return cell.strftime(moments)
        if isinstance(cell, date):
            return cell.isoformat()
        if isinstance(cell, str):
            return workbooks.harmless(cell)
        text = f"{round(cell, places) or 0:.{places}f}"
        text = text.rstrip("0").rstrip(".") if places else text
        return text if is_english else text.replace(".", ",")

    made = io.StringIO()
    writer = csv.writer(made, delimiter="," if is_english else ";", lineterminator="\r\n")
    writer.writerow(map(workbooks.harmless, headings))
    writer.writerows(map(words, row) for row in rows)
    answer = HttpResponse("\ufeff" + made.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
