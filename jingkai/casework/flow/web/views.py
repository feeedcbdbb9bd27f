"""The drawing of a flow, for the viewer in the browser."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from jingkai.casework.flow import queries
from jingkai.kernel.permissions.api import NotPermitted, Request, public


@public
@require_safe
def drawing(request: Request, key: str, version: int) -> HttpResponseBase:
    """Give a flow as BPMN 2.0: a public one to everybody, the others to people with an account."""
    found = queries.get_version(key, version)
    if not found.public and not request.user.is_authenticated:
        raise NotPermitted
    response = HttpResponse(found.bpmn, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{key}-{version}.bpmn"'
    response["ETag"] = f'"{found.digest}"'
    patch_cache_control(response, private=not found.public, max_age=3600)
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer or response
