import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.management import call_command

from vatio.translations import SPANISH

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "vatio"
MODULES = sorted(SOURCE.rglob("*.py"))
OURS = [path for path in MODULES if "migrations" not in path.parts]
MIGRATIONS = [p for p in MODULES if "migrations" in p.parts and p.name != "__init__.py"]

# Rows that belong to nobody: what is asked for by its own id, or to decide who somebody is.
UNOWNED = {"LicenceVersion.objects", "Licence.objects", "Person.objects"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_a_module_opens_with_a_line_that_says_what_it_is_about(path: Path) -> None:
    told = ast.get_docstring(tree_of(path))

    assert told
    assert len(told.splitlines()[0]) < 100


def test_no_module_has_a_name_without_a_subject() -> None:
    empty = {"services", "utils", "helpers", "common", "base", "managers", "misc"}

    assert [name_of(path) for path in MODULES if path.stem in empty] == []


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = tree_of(path)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    inside = [
        n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_a_class_name_exists_once_in_the_house() -> None:
    known: dict[str, list[str]] = {}
    for path in OURS:
        for each in tree_of(path).body:
            if isinstance(each, ast.ClassDef):
                known.setdefault(each.name, []).append(name_of(path))

    assert {name: paths for name, paths in known.items() if len(paths) > 1} == {}


def test_models_send_nothing_save_nothing_and_have_no_order_of_their_own() -> None:
    forbidden = re.compile(
        r"def save\(|post_save|pre_save|@receiver|auto_now|^\s+ordering = ", re.M
    )

    models = [path for path in OURS if "models" in (path.stem, path.parent.name)]
    found = [name_of(path) for path in models if forbidden.search(path.read_text())]

    assert found == []


def test_nothing_but_the_edges_asks_what_time_it_is() -> None:
    may = ("web", "api", "jobs", "demo", "clock", "demo_clock", "cli")
    asks = re.compile(r"\bclock\.(now|today)\(|timezone\.now\(|datetime\.now\(|date\.today\(")

    found = [
        name_of(path)
        for path in OURS
        if path.relative_to(SOURCE).parts[0] not in may and asks.search(path.read_text())
    ]

    assert found == []


def test_only_the_clock_reads_the_clock() -> None:
    reads = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|\btime\.time\(|utcnow\(")

    found = [name_of(p) for p in OURS if p.parent.name != "clock" and reads.search(p.read_text())]

    assert found == []


def test_time_is_never_left_out() -> None:
    found = []
    for path in OURS:
        for function in ast.walk(tree_of(path)):
            if not isinstance(function, ast.FunctionDef):
                continue
            pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            found += [
                f"{name_of(path)}: {function.name}"
                for argument, default in pairs
                if argument.arg in {"today", "at"} and default is not None
            ]

    assert found == []


def test_a_loaded_row_is_saved_by_its_fields() -> None:
    bare = re.compile(r"\.save\(\)|\.save\(commit")

    assert [name_of(path) for path in OURS if bare.search(path.read_text())] == []


def test_pages_reach_what_somebody_owns_through_visible_to() -> None:
    reaches = re.compile(r"\b([A-Z]\w+\.objects)(\.\w+)?")
    found = []
    for path in (SOURCE / "web").rglob("*.py"):
        for model, narrowed in reaches.findall(path.read_text()):
            if model not in UNOWNED and narrowed != ".visible_to":
                found.append(f"{path.name}: {model}{narrowed}")

    assert sorted(set(found)) == [
        "imports.py: Organisation.objects.none",
    ]


def test_pages_read_what_somebody_sent_as_a_number_in_one_way() -> None:
    # `vatio.keys.parse_number`; what stands here makes a whole number of our own figures.
    own = {"calendars.py: 2", "ages.py: 1", "curve_drawing.py: 1", "curve_data.py: 1"}
    own |= {"heat_plot.py: 1"}
    reads = re.compile(r"\bint\(|\bmap\(int\b")
    found = set()
    for path in [*(SOURCE / "web").rglob("*.py"), *(SOURCE / "api").rglob("*.py")]:
        if number := len(reads.findall(path.read_text())):
            found.add(f"{path.name}: {number}")

    assert found == own


def test_every_page_declares_who_may_open_it() -> None:
    found = []
    for path in (SOURCE / "web").rglob("*.py"):
        tree = tree_of(path)
        for function in tree.body:
            if not isinstance(function, ast.FunctionDef) or not function.args.args:
                continue
            first = function.args.args[0]
            takes_request = first.arg == "request" and not function.name.startswith("_")
            decorated = any("only" in ast.unparse(each) for each in function.decorator_list)
            if takes_request and not decorated:
                found.append(f"{path.name}: {function.name}")

    assert sorted(found) == [
        "access.py: led_by",
        "access.py: roles_held",
        "account_frame.py: choice",
        "account_frame.py: enter",
        "account_frame.py: frame",
        "account_frame.py: links",
        "context.py: page",
        "entering.py: look",
        "errors.py: broken",
        "first_use.py: dead_link",
        "first_use.py: let_in",
        "orders.py: show",
        "orders.py: visible",
    ]


def test_tests_that_start_processes_are_marked_so() -> None:
    starts = re.compile(
        r"^import (multiprocessing|pty|subprocess)$"
        r"|^from tests\.(postgres|setup)\."
        r"|^from vatio\.postgres import .*\bserver\b",
        re.M,
    )

    found = [
        name_of(path)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if starts.search(path.read_text()) and "mark.processes" not in path.read_text()
    ]

    assert found == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_a_migration_is_named_for_what_it_does(path: Path) -> None:
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", path.stem)
    assert "auto" not in path.stem
    assert "initial" not in path.stem


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_a_migration_that_moves_data_uses_nothing_of_ours(path: Path) -> None:
    source = path.read_text()

    if "RunPython" in source:
        assert "from vatio" not in source


@pytest.mark.django_db
def test_the_models_have_no_migration_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_tenant_owned_table_narrows_by_who_may_see_it() -> None:
    owned = [
        model
        for model in apps.get_models()
        if model.__module__.startswith("vatio.")
        and any(field.name == "organisation" for field in model._meta.get_fields())
    ]

    assert len(owned) > 8
    assert [m.__name__ for m in owned if not hasattr(m.objects, "visible_to")] == []


def test_the_words_of_the_screen_lead_to_functions_that_exist() -> None:
    rows = re.findall(
        r"^\| .+ \| `(\S+)` \| `(\w+)` \|$", (ROOT / "docs/where.md").read_text(), re.M
    )
    lost = []
    for file, function in rows:
        found = ast.walk(tree_of(ROOT / file))
        names = {n.name for n in found if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        if function not in names:
            lost.append(f"{file}: {function}")

    assert len(rows) > 20
    assert lost == []


def test_every_setting_is_told_and_every_setting_told_exists() -> None:
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    reads = re.compile(
        r"env\.(?:text|switch|number|words|networks|pairs|data_keys)\(\s*\"([A-Z_]+)\"|environ(?:\.get\(|\[)\"([A-Z_]+)\""
    )
    read = {
        name
        for path in OURS
        for pair in reads.findall(path.read_text())
        for name in pair
        if name and name not in {"DJANGO_SETTINGS_MODULE", "XDG_RUNTIME_DIR"}
    }

    assert told - {"NAME", "NAME_FILE"} == read


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale="es")


def messages_of(words: Catalog) -> list[Message]:
    return [message for message in words if message.id]


def strings_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_the_spanish_catalogue_is_complete(tmp_path: Path) -> None:
    words = tmp_path / "words.pot"
    mapping = ["--mapping-file", str(ROOT / "pyproject.toml")]
    CommandLineInterface().run(
        ["pybabel", "--quiet", "extract", *mapping, "--output-file", str(words), str(SOURCE)]
    )
    extracted, kept = messages_of(catalogue(words)), catalogue(SPANISH)

    lacking = []
    for message in extracted:
        known = kept.get(message.id, message.context)
        if known is None or known.fuzzy or not all(strings_of(known)):
            lacking.append(message.id if isinstance(message.id, str) else message.id[0])

    assert len(extracted) > 900
    assert not lacking, "\n".join(["There is no Spanish for:", *lacking])


def test_no_spanish_sentence_exclaims() -> None:
    said = [words for message in messages_of(catalogue(SPANISH)) for words in strings_of(message)]

    assert [words for words in said if "¡" in words or "!" in words] == []


def test_spanish_keeps_the_places_of_the_english() -> None:
    place = re.compile(r"%\(\w+\)s|\{\w+\}")
    wrong = []
    for message in messages_of(catalogue(SPANISH)):
        english = message.id if isinstance(message.id, str) else message.id[1]
        if any(
            set(place.findall(words)) != set(place.findall(english))
            for words in strings_of(message)
        ):
            wrong.append(english)

    assert wrong == []
