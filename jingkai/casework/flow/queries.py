"""Reads: current versions and compiled flows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.data import Flow
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.flow.rules import compile_bpmn
from jingkai.kernel.hooks.data import PersonFacingError

COMPILED_KEPT = 256
"""Compiled flows kept per process; a version never changes, so none goes stale."""


class NoSuchFlow(PersonFacingError):
    """No flow is published under this key."""

    status = 404
    sentence = _("No flow is published under the key “%(key)s”.")
    advice = _("Ask the system administrator to publish it.")


def find_current(key: str) -> FlowVersion | None:
    """Give the current version of a flow, if one is published."""
    return FlowVersion.objects.filter(key=key).order_by("-version").first()


def get_current(key: str) -> FlowVersion:
    """Give the current version of a flow; raises `NoSuchFlow`."""
    found = find_current(key)
    if found is None:
        raise NoSuchFlow(key=key)
    return found


def get_version(key: str, version: int) -> FlowVersion:
    """Give one version of a flow; raises `NoSuchFlow`."""
    found = FlowVersion.objects.filter(key=key, version=version).first()
    if found is None:
        raise NoSuchFlow(key=f"{key}/{version}")
    return found


def compiled(version: FlowVersion) -> Flow:
    """Give the compiled flow of a version; compiled once per drawing and process."""
    found = _kept.get(version.digest)
    return found if found is not None else _compile(version.digest, version.bpmn)


def compiled_by_id(flow_version_id: int, digest: str) -> Flow:
    """Give a compiled flow without loading its drawing when this process has compiled it before."""
    found = _kept.get(digest)
    return found if found is not None else compiled(FlowVersion.objects.get(pk=flow_version_id))


_kept: dict[str, Flow] = {}


def _compile(digest: str, bpmn: str) -> Flow:
    flow = compile_bpmn(bpmn.encode())
    if len(_kept) >= COMPILED_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[digest] = flow
    return flow
