"""The WSGI application that Granian serves."""

import gc
import multiprocessing
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from jingkai.config.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")
if multiprocessing.parent_process() is not None:
    die_with_parent()

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (load every page now: the first visitor shall not wait for it)

gc.collect()
gc.freeze()  # what lives as long as the process is not looked through again: that stopped pages for 0.1 s
gc.set_threshold(10_000, 20, 20)
