"""Registration of files with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Files: taken in by content, kept once, read by permission."""

    name = "jingkai.records.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer the doctor's question about the store."""
        from django.conf import settings

        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.exchange.api import endpoints
        from jingkai.kernel.exchange.data import Endpoint
        from jingkai.kernel.hooks.api import doctor_checks, shelve_with
        from jingkai.records.files import panels
        from jingkai.records.files.connectors.bucket import open_bucket
        from jingkai.records.files.connectors.clamd import PURPOSE, address_of
        from jingkai.records.files.connectors.s3 import PURPOSE as BUCKET
        from jingkai.records.files.connectors.shelf import open_shelf
        from jingkai.records.files.models import open_buckets_with

        open_buckets_with(open_bucket)
        shelve_with(open_shelf)
        doctor_checks.register(panels.STORE_CHECK)
        doctor_checks.register(panels.SCANNER_CHECK)
        describe_actions(panels.ACTIONS)
        describe_stream("files.refused", panels.REFUSED_FILES)
        scanner = Endpoint(PURPOSE, _("Virus scanner"), lambda: address_of(settings.FILE_SCANNER_URL))
        endpoints.register(scanner)
        endpoints.register(Endpoint(BUCKET, _("Store of files"), lambda: settings.FILES_URL))
