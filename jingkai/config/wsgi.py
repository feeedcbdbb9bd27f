"""The WSGI application that Granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (load every page now: the first visitor shall not wait for it)

if gc.isenabled():  # the server loads with it off: nothing that was loaded is rubbish
    gc.collect()
gc.freeze()  # what lives as long as the process is not looked through again: that stopped pages for 0.1 s
gc.set_threshold(10_000, 20, 20)
