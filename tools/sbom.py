"""What the product is made of, as a CycloneDX list: `python -m tools.sbom [FILE]`, from the lock files.

Every package of Python and of the scripts with its version, licence and the hashes that it is locked
by. The same lock files give the same list, so two of them can be compared.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.xml import XmlValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / "requirements" / "run.txt"
SCRIPTS = ROOT / "frontend" / "package-lock.json"
OUTPUT = ROOT / "build" / "sbom.cdx.json"
BLOCK = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)((?:.*\\\n(?:\s+--hash=.*\n)+)|.*\n)", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
SRI = {"sha512": HashAlgorithm.SHA_512, "sha384": HashAlgorithm.SHA_384, "sha256": HashAlgorithm.SHA_256}


def main(arguments: list[str]) -> int:
    """Write the list; exit 1 when it does not fit the schema of CycloneDX 1.6."""
    target = Path(arguments[0]) if arguments else OUTPUT
    bom = listed()
    as_xml = make_outputter(bom, OutputFormat.XML, SchemaVersion.V1_6).output_as_string()
    fault = XmlValidator(SchemaVersion.V1_6).validate_str(as_xml)
    if fault is not None:
        print(f"The list does not fit the schema: {fault}", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written(bom), encoding="utf-8")
    print(f"{target}: {len(bom.components)} packages")
    return 0


def listed() -> Bom:
    """Give everything that the product is made of."""
    own = Component(
        type=ComponentType.APPLICATION, name="jingkai", version=version("jingkai"), bom_ref="jingkai"
    )
    parts = [*python_packages(), *script_packages()]
    bom = Bom(components=parts)
    bom.serial_number = uuid5(NAMESPACE_URL, PYTHON.read_text("utf-8") + SCRIPTS.read_text("utf-8"))
    bom.metadata.component = own
    bom.register_dependency(own, parts)
    return bom


def written(bom: Bom) -> str:
    """Give the list as JSON, without the moment: the same lock files give the same text."""
    found = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    found["metadata"].pop("timestamp", None)
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def python_packages() -> Iterator[Component]:
    """Every package of the lock file of running."""
    for name, number, rest in BLOCK.findall(PYTHON.read_text(encoding="utf-8")):
        url = PackageURL("pypi", None, name.lower().replace("_", "-"), number)
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=number,
            purl=url,
            bom_ref=str(url),
            licenses=[LicenseFactory().make_from_string(text) for text in licences(name)],
            external_references=[archive(one) for one in HASH.findall(rest)],
        )


def archive(digest: str) -> ExternalReference:
    """One of the files that may be installed, known by its hash alone: the lock files name no address."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"urn:sha256:{digest}"),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )


def licences(name: str) -> list[str]:
    """The licence that an installed package states; nothing for one that is for another system."""
    try:
        words: Any = metadata(name)
    except PackageNotFoundError:
        return []
    stated = words.get("License-Expression") or ""
    classified = [
        one.rpartition(" :: ")[2] for one in words.get_all("Classifier") or [] if "License ::" in one
    ]
    short = (words.get("License") or "").strip()
    return [next(filter(None, [stated, *classified, short if "\n" not in short else ""]), "unknown")[:200]]


def script_packages() -> Iterator[Component]:
    """Every package of the scripts' lock file, those that only build them included."""
    lock = json.loads(SCRIPTS.read_text(encoding="utf-8"))
    for path, entry in sorted(lock["packages"].items()):
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        space, _slash, short = name.rpartition("/")
        url = PackageURL("npm", space or None, short, entry["version"])
        algorithm, _dash, digest = entry["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=entry["version"],
            purl=url,
            bom_ref=str(url),
            hashes=[HashType(alg=SRI[algorithm], content=content)],
            licenses=[LicenseFactory().make_from_string(entry["license"])] if entry.get("license") else [],
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
