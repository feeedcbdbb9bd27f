"""Where templates and fonts are found."""

from __future__ import annotations

import re
from pathlib import Path

import pylopdf_fonts_zh_cn
from django.apps import apps
from django.conf import settings

_NAME = re.compile(r"[a-z][a-z0-9_]*(/[a-z0-9][a-z0-9_-]*)+")
_USUAL_FONT_FOLDERS = (
    Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"),
    Path("/usr/share/texmf/fonts/opentype/public/fandol"),
)


class TemplateMissing(LookupError):
    """No app has this template: a mistake in the code, never a person's."""


def package_root() -> Path:
    """Give the folder below which every template lies, the root of absolute imports in templates."""
    return Path(__file__).resolve().parents[2]


def find_template(name: str) -> Path:
    """Find `app/name` as `typeset/app/name.typ` of an installed app."""
    if not _NAME.fullmatch(name):
        raise TemplateMissing(name)
    for config in apps.get_app_configs():
        path = Path(config.path) / "typeset" / f"{name}.typ"
        if path.is_file():
            return path
    raise TemplateMissing(name)


def official_fonts() -> list[str]:
    """Name the typefaces of official papers that no font folder holds; Noto stands in for them."""
    there = {path.name for folder in font_folders() for path in folder.iterdir()}
    wanted = {"FandolFang-Regular.otf", "FandolSong-Regular.otf", "FandolSong-Bold.otf"}
    wanted |= {"FandolHei-Regular.otf", "FandolKai-Regular.otf"}
    return sorted(name.removesuffix(".otf") for name in wanted - there)


def font_folders() -> list[Path]:
    """List the folders whose fonts may be used, best first: configured, usual places, the packaged ones.

    The system's other fonts are ignored, so that a paper looks the same on every machine set up alike.
    """
    configured = getattr(settings, "FONTS_FOLDER", None)
    folders = [Path(configured)] if configured else []
    folders += _USUAL_FONT_FOLDERS
    folders.append(Path(pylopdf_fonts_zh_cn.__file__).parent)
    return [folder for folder in folders if folder.is_dir()]
