import ast
from pathlib import Path

import vatio.web
from vatio.web.shell import context

WEB = Path(vatio.web.__file__).parent


def keys(dictionary: ast.Dict) -> set[str]:
    return {str(key.value) for key in dictionary.keys if isinstance(key, ast.Constant)}


def of_every_page() -> set[str]:
    tree = ast.parse(Path(context.__file__).read_text("utf-8"))
    (known,) = (
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == "known"
    )
    assert isinstance(known, ast.Dict)
    return keys(known)


def test_no_view_says_under_a_name_what_every_page_says_under_it() -> None:
    taken = of_every_page()
    found = []

    for path in WEB.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "render":
                for given in call.args:
                    if isinstance(given, ast.Dict) and keys(given) & taken:
                        found.append(f"{path.name}: {keys(given) & taken}")

    assert {"messages", "organisation", "back"} <= taken
    assert found == []
