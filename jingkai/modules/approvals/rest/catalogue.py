"""Items and packages of the published catalogue."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Router

from jingkai.casework.clock import api as clock
from jingkai.kernel.exchange.api import ApiRequest, needs, page_of
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.modules.approvals.models import Item, Package
from jingkai.modules.approvals.queries.reach import published_items
from jingkai.modules.approvals.rest.schemas import SIZE, ItemOut, ItemPage, PackageOut, PackagePage

items = Router(tags=[_("Items")])
packages = Router(tags=[_("Packages")])


@items.get("", response=ItemPage, summary=_("The items of the published catalogue"))
@needs("items:read")
def list_items(request: ApiRequest, cursor: str = "", limit: int = SIZE) -> Any:
    """The items of the published catalogue, by code."""
    page = page_of(published_items(), field="code", ascending=True, after=cursor, size=limit)
    return {"rows": [_item(item, request) for item in page.rows], "next": page.following}


@items.get("/{str:code}", response=ItemOut, summary=_("One item"))
@needs("items:read")
def get_item(request: ApiRequest, code: str) -> Any:
    """One item. Error: 404."""
    found = published_items().filter(code=code).first()
    if found is None:
        raise Http404
    return _item(found, request)


def _item(item: Item, request: ApiRequest) -> dict[str, Any]:
    try:
        limit: Any = clock.get_limit(
            item.limit_key, on=timezone.localdate(request.at), promised=item.promised
        )
    except PersonFacingError:
        limit = None
    return {
        "code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "kind": item.kind,
        "unit": item.unit.name,
        "legal_basis": item.legal_basis,
        "conditions": item.conditions,
        "fee": item.fee,
        "result_name": item.result_name,
        "promised": item.promised,
        "statutory": limit.amount if limit else None,
        "statutory_unit": str(limit.unit.value) if limit else "",
        "visits": item.visits,
        "confirmed": item.confirmed,
        "version": item.version,
    }


@packages.get("", response=PackagePage, summary=_("The published packages"))
@needs("items:read")
def list_packages(request: ApiRequest, cursor: str = "", limit: int = SIZE) -> Any:
    """The published packages, by code."""
    found = Package.objects.filter(published=True, version_of=None).prefetch_related(
        "places__item", "materials"
    )
    page = page_of(found, field="code", ascending=True, after=cursor, size=limit)
    return {"rows": [_package(package) for package in page.rows], "next": page.following}


@packages.get("/{slug:code}", response=PackageOut, summary=_("One package with its items and materials"))
@needs("items:read")
def get_package(request: ApiRequest, code: str) -> Any:
    """One package with its items and materials. Error: 404."""
    found = Package.objects.filter(published=True, version_of=None, code=code).prefetch_related(
        "places__item", "materials"
    )
    package = found.first()
    if package is None:
        raise Http404
    return _package(package)


def _package(package: Package) -> dict[str, Any]:
    names = ("code", "name", "name_en", "summary", "audience", "place", "phone", "version")
    given = ("code", "name", "name_en", "requirement", "required", "accepted")
    materials = [{name: getattr(one, name) for name in given} for one in package.materials.all()]
    return {
        **{name: getattr(package, name) for name in names},
        "items": [place.item.code for place in package.places.all()],
        "materials": materials,
    }
