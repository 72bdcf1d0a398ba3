import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.setup.running import environment, free_port

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_all_that_pages_need(wheel: Path) -> None:
    source = ROOT / "src"
    wanted = {
        str(path.relative_to(source))
        for path in (source / "vatio").rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".css", ".js", ".svg", ".png", ".po", ".csv"}
        and "__pycache__" not in path.parts
    }

    held = set(zipfile.ZipFile(wheel).namelist())

    assert wanted - held == set()
    assert "vatio/locale/es/LC_MESSAGES/django.mo" in held


def test_the_wheel_carries_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        about = next(name for name in held.namelist() if name.endswith(".dist-info/METADATA"))
        told = held.read(about).decode()
        licence = held.read(str(Path(about).parent / "licenses" / "LICENSE"))

    assert "License-Expression: AGPL-3.0-or-later\nLicense-File: LICENSE\n" in told
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_an_installed_vatio_runs_outside_the_checkout(wheel: Path, folder: Path) -> None:
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    for path in site.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    port = free_port()
    entry = "import sys; from vatio.cli.__main__ import main; sys.exit(main())"
    running = subprocess.Popen(
        [sys.executable, "-c", entry, "run"],
        cwd=folder,
        env=environment(folder / "home", port, PYTHONPATH=str(site)),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline().strip() == f"http://127.0.0.1:{port}/"
        page = _read(f"http://127.0.0.1:{port}/sign-in/")
        style = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
        mark = page.split('rel="icon" href="')[1].split('"')[0]
        where = subprocess.run(
            [sys.executable, "-c", "import vatio; print(vatio.__path__[0])"],
            env=environment(folder / "home", port, PYTHONPATH=str(site)),
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )

        assert where.stdout.strip() == str(site / "vatio")
        assert "Correo electrónico" in page
        assert "@layer" in _read(f"http://127.0.0.1:{port}{style}")
        assert "<svg" in _read(f"http://127.0.0.1:{port}{mark}")
    finally:
        running.terminate()
        assert running.wait(30) in {0, 143, -15}
        time.sleep(0.2)
        for path in site.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()
