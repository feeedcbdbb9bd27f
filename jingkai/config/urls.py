"""The address book: every app's pages, mounted by name.

Each `web/urls.py` writes its full path from the root, so that a page's address is found by searching for it.
"""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from jingkai.config.routing import Register


def _page_modules() -> list[str]:
    return [
        f"{app}.web.urls"
        for app in settings.PRODUCT_APPS
        if find_spec(f"{app}.web") is not None and find_spec(f"{app}.web.urls") is not None
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    Register(
        [
            *[path("", include(module)) for module in _page_modules()],
            path("", include("jingkai.kernel.exchange.rest.urls")),
            path("ui/", include("jingkai.ui.urls")),
        ]
    )
]

handler400 = "jingkai.ui.errors.bad_request"
handler403 = "jingkai.kernel.submissions.middleware.permission_denied"
handler404 = "jingkai.ui.errors.page_not_found"
handler500 = "jingkai.kernel.submissions.middleware.server_error"
