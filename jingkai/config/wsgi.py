"""The WSGI application that Granian serves."""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from jingkai.config.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")
if multiprocessing.parent_process() is not None:
    die_with_parent()

application = get_wsgi_application()
