"""Every template compiles: `python -m tools.templates`. A typo in a page nobody opened is found here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".html", ".txt", ".xml", ".svg"}


def main() -> int:
    """Compile all; exit 1 and one line per template that does not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")
    django.setup()
    faults = list(faults_of_all())
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def names() -> Iterator[str]:
    """The names of all templates of the product, as views write them."""
    for app in settings.PRODUCT_APPS:
        folder = ROOT / app.replace(".", "/") / "templates"
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES:
                yield path.relative_to(folder).as_posix()


def faults_of_all() -> Iterator[str]:
    """One line for each template that does not compile."""
    for name in names():
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            yield f"{name}: {error}"


if __name__ == "__main__":
    sys.exit(main())
