import pytest

from vatio.spreadsheets.files import delimited
from vatio.spreadsheets.files.cells import CannotRead

ROWS = "Cuenta;Cliente\nPeña;Núñez, S.A.\nLeón;«Mº» – €\n"


def rows(content: bytes) -> list[tuple[int, list[object]]]:
    return [(row.number, row.cells) for row in next(delimited.sheets(content)).rows]


def refusal(content: bytes) -> tuple[str, int]:
    with pytest.raises(CannotRead) as refused:
        rows(content)
    return refused.value.code, refused.value.line


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_letters_are_read_in_the_encodings_that_can_be_told(encoding: str, end: str) -> None:
    content = ROWS.replace("\n", end).encode(encoding)

    assert rows(content) == [
        (1, ["Cuenta", "Cliente"]),
        (2, ["Peña", "Núñez, S.A."]),
        (3, ["León", "«Mº» – €"]),
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a;b\nPeña;1\n".encode() + "Muñoz;2\n".encode("cp1252"), 3),
        ("a;b\nx;1\nPeña;2\n".encode("mac-roman"), 3),
        ("a;b\nMálaga;1\n".encode("mac-roman"), 2),
        ("a;b\nx;1\nMañana;1\n".encode("cp850"), 3),
        (b"a;b\nx\x00y;1\n", 2),
        (b"a;b\nx;\x81\n", 2),
        (b"\xef\xbb\xbfa;b\nx;\xff\n", 2),
    ],
)
def test_letters_that_cannot_be_told_are_refused_with_their_line(content: bytes, line: int) -> None:
    assert refusal(content) == ("letters", line)


@pytest.mark.parametrize(
    "text", ["L’Hospitalet", "Madrid–Chamartín", "Sacré-Cœur", "Levi’s", "1.000 €"]
)
def test_marks_that_windows_writes_between_letters_are_taken(text: str) -> None:
    assert rows(f"a;b\n{text};ñ\n".encode("cp1252"))[1] == (2, [text, "ñ"])


@pytest.mark.parametrize("tail", [b"\x1a", b"\r\n\x1a", b"\x1a" + b"\x00" * 100, b"\x1a\x1a\n"])
def test_what_ends_old_files_is_nothing(tail: bytes) -> None:
    assert rows(b"a;b\n1;2" + tail) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a;b\n1;"x\n3;4\n', 2),
        ('a;b\n1;"x"y\n3;4\n', 2),
        ('a;b;c;d;e\n1;"x;3;4;5\n1;2;3;4;5\n1;2;3;4;"\n', 2),
    ],
)
def test_a_quotation_mark_never_swallows_lines(text: str, line: int) -> None:
    assert refusal(text.encode()) == ("quotes", line)


def test_a_quoted_cell_may_have_lines_marks_and_quotation_marks() -> None:
    text = 'a;b\n"x\ny; ""z""";2\n3;4\n'

    assert rows(text.encode()) == [
        (1, ["a", "b"]),
        (2, ['x\ny; "z"', "2"]),
        (4, ["3", "4"]),
    ]


def test_a_first_line_that_names_the_mark_between_cells_is_followed() -> None:
    assert rows(b"sep=,\na,b;c\n") == [(2, ["a", "b;c"])]


def test_a_line_as_long_as_a_file_is_refused_at_once() -> None:
    assert refusal(b"a;b\n" + b";" * 2_000_000) == ("long_line", 2)
