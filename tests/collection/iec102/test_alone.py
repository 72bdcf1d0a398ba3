import ast
from pathlib import Path

from vatio.collection import iec102

FOLDER = Path(iec102.__file__).parent


def test_the_protocol_stands_on_python_alone() -> None:
    imported = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {each.name for each in node.names}

    ours = {name for name in imported if name.startswith("vatio")}
    assert {name for name in ours if not name.startswith("vatio.collection.iec102")} == set()
    assert {name.split(".")[0] for name in imported - ours} == {
        "asyncio",
        "collections",
        "contextlib",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "typing",
        "zoneinfo",
    }
