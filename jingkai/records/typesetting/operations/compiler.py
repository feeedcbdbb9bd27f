"""One typesetting job in a process of its own: read a request, write the PDF, end.

Run as a script (`python -I compiler.py`), so that it loads typst and nothing of the product: a template that
runs wild costs its own process only. The request is one JSON line on standard input, the answer a JSON line
followed by the bytes.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

import typst

MEMORY_LIMIT = 4 * 1024**3
LINES = (22, 23, 21, 24, 20)
"""Lines to a page, tried in this order: where a signature would stand alone the pitch gives way."""


def main() -> int:
    """Compile what standard input asks for; 1 with the diagnostics as JSON where the template fails."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    seconds = int(request["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        head, content = _compile(request)
    except typst.TypstError as failure:
        head = {"error": failure.message, "hints": list(failure.hints), "diagnostic": failure.diagnostic}
        content = b""
    sys.stdout.buffer.write(json.dumps(head, ensure_ascii=False).encode() + b"\n" + content)
    return 1 if "error" in head else 0


def _compile(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=request["font_folders"]
    )
    given = {"data": request["data"], "families": "|".join(fonts.families())}
    compiler = typst.Compiler(
        request["template"],
        root=request["root"],
        font_paths=fonts,
    )
    options = {"timestamp": request["timestamp"]} if request["format"] == "pdf" else {"ppi": request["ppi"]}
    content, spots = b"", {}
    for lines in LINES if request["format"] == "pdf" else LINES[:1]:
        inputs = {**given, "lines": str(lines)}
        made = compiler.compile(format=request["format"], sys_inputs=inputs, **options)
        found = {spot["name"]: spot for spot in json.loads(compiler.query("<spot>", field="value"))}
        together = _seal_with_text(found)
        if together or not content:
            content, spots = made[0] if isinstance(made, list) else made or b"", found
        if together:
            break
    return {"spots": list(spots.values())}, content


def _seal_with_text(spots: dict[str, Any]) -> bool:
    """Tell whether the seal's page carries text, as GB/T 9704-2012 7.3.5 demands."""
    seal, end = spots.get("seal"), spots.get("text-end")
    return seal is None or end is None or seal["page"] == end["page"]


if __name__ == "__main__":
    sys.exit(main())
