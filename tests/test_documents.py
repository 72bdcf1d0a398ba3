import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "vatio"

# Decisions are not among them: one tells what was so when it was made.
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", ".github/**/*.md")
    for path in ROOT.glob(pattern)
)

FILE = re.compile(r"`(\w[\w./-]*(?:/|\.(?:py|md|toml|txt|html|css|js|svg|po)))`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_there(name: str) -> bool:
    """A name alone may be a file's in any package; with a folder it is one path."""
    if (ROOT / name).exists() or (SOURCE / name).exists():
        return True
    return "/" not in name and any(SOURCE.rglob(name))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_what_a_document_names_or_links_to_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")

    lost = [name for name in FILE.findall(text) if not is_there(name)]
    lost += [link for link in LINK.findall(text) if not (document.parent / link).exists()]

    assert lost == []
