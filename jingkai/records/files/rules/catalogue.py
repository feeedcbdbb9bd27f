"""The kinds of files that are known, with what a browser is told about each."""

from __future__ import annotations

from jingkai.records.files.data import FileKind

_OOXML = "application/vnd.openxmlformats-officedocument"

KINDS: dict[str, FileKind] = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "application/pdf", "pdf", inline=True),
        FileKind("ofd", "application/ofd", "ofd"),
        FileKind("docx", f"{_OOXML}.wordprocessingml.document", "docx"),
        FileKind("xlsx", f"{_OOXML}.spreadsheetml.sheet", "xlsx"),
        FileKind("pptx", f"{_OOXML}.presentationml.presentation", "pptx"),
        FileKind("odt", "application/vnd.oasis.opendocument.text", "odt"),
        FileKind("ods", "application/vnd.oasis.opendocument.spreadsheet", "ods"),
        FileKind("doc", "application/msword", "doc", other_endings=("wps", "wpt", "dot")),
        FileKind("xls", "application/vnd.ms-excel", "xls", other_endings=("et", "ett", "xlt")),
        FileKind("ppt", "application/vnd.ms-powerpoint", "ppt", other_endings=("dps", "pps", "pot")),
        FileKind("jpeg", "image/jpeg", "jpg", inline=True, other_endings=("jpeg", "jpe", "jfif")),
        FileKind("png", "image/png", "png", inline=True),
        FileKind("gif", "image/gif", "gif", inline=True),
        FileKind("webp", "image/webp", "webp", inline=True),
        FileKind("bmp", "image/bmp", "bmp", inline=True, other_endings=("dib",)),
        FileKind("tiff", "image/tiff", "tif", other_endings=("tiff",)),
        FileKind("dwg", "image/vnd.dwg", "dwg", other_endings=("dwt",)),
        FileKind("zip", "application/zip", "zip"),
        FileKind("txt", "text/plain; charset=utf-8", "txt", other_endings=("md", "log", "text")),
        FileKind("csv", "text/csv; charset=utf-8", "csv"),
        FileKind("xml", "application/xml", "xml"),
        FileKind("mp4", "video/mp4", "mp4", other_endings=("mov", "m4v")),
        FileKind("mp3", "audio/mpeg", "mp3"),
    )
}


def accept_attribute(codes: tuple[str, ...]) -> str:
    """Write the accepted kinds as a file input's `accept`: `.pdf,.jpg,.jpeg`."""
    endings = [ending for code in codes for ending in (KINDS[code].ending, *KINDS[code].other_endings)]
    return ",".join(f".{ending}" for ending in endings)


def fits_ending(kind: FileKind, ending: str) -> bool:
    """Tell whether a name's ending (without dot) is one of the kind's."""
    return ending.lower() in {kind.ending, *kind.other_endings}
