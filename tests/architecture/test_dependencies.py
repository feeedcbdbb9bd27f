"""What the product stands on: locked by hash, from nowhere in particular, under licences that may be used."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, metadata

import pytest
from django.conf import settings

from tests.architecture.tree import PRODUCT, ROOT, templates

LOCKS = ("run", "dev")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s;\\]+)", re.M)


@pytest.mark.parametrize("name", [*LOCKS, "standin"])
def test_lock_file_names_no_address_and_hashes_everything(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|--trusted-host| @ ", text)
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text[text.index("\n", text.index("make lock")) :].strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_both_lock_files_hold_the_same_versions() -> None:
    run, dev = (dict(PINNED.findall((ROOT / "requirements" / f"{name}.txt").read_text())) for name in LOCKS)
    assert {name: (version, dev.get(name)) for name, version in run.items() if dev.get(name) != version} == {}


def test_front_end_lock_names_no_address_and_hashes_everything() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry.get("integrity")] == []


def test_nothing_at_run_time_is_under_agpl() -> None:
    found = []
    for name, _version in PINNED.findall((ROOT / "requirements" / "run.txt").read_text()):
        try:
            words = metadata(name)
        except PackageNotFoundError:  # for another system
            continue
        licence = f"{words.get('License-Expression', '')} {words.get('License', '')[:200]}"
        licence += " ".join(words.get_all("Classifier") or [])
        if re.search(r"AGPL|Affero", licence):
            found.append(name)
    assert found == []


def test_pages_load_nothing_from_elsewhere() -> None:
    foreign = re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?:https?:)?//", re.I
    )
    assert [name for name, path in templates() if foreign.search(path.read_text(encoding="utf-8"))] == []
    styles = [path for path in (ROOT / "frontend" / "styles").rglob("*.css") if path.is_file()]
    assert [path.name for path in styles if re.search(r"url\(\s*[\"']?(https?:)?//", path.read_text())] == []


def test_pages_hold_no_script_or_style_of_their_own() -> None:
    """The content policy (default-src 'self') would not run them."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|\son[a-z]+\s*=\s*[\"']|<style\b",
        re.I,
    )
    assert [name for name, path in templates() if inline.search(path.read_text(encoding="utf-8"))] == []


def test_the_admin_is_not_installed() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_every_app_of_the_tree_is_installed() -> None:
    folders = {path.parent for path in PRODUCT.glob("**/apps.py")}
    installed = {ROOT / name.replace(".", "/") for name in settings.PRODUCT_APPS}
    assert folders == installed


def test_only_the_environment_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted(PRODUCT.rglob("*.py"))
        if "tests" not in path.parts
        and path.name not in {"environment.py", "testing.py"}
        and re.search(r"os\.(getenv|environ\.get|environ\[[^]]+\](?!\s*=))", path.read_text(encoding="utf-8"))
    ]
    assert readers == []
