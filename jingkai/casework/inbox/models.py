"""What people keep for themselves on the pages of the inbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.inbox.data import ListPage
from jingkai.kernel.parties.models import Party


class SavedView(models.Model):
    """A filter and order that one person named for one list; at most one per list opens by itself."""

    class Page(models.TextChoices):
        """The lists that can be saved, with their labels."""

        DESK = ListPage.DESK.value, _("Desk")
        CASES = ListPage.CASES.value, _("Cases")
        COCKPIT = ListPage.COCKPIT.value, _("Cockpit")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(_("list"), max_length=10, choices=Page.choices)
    name = models.CharField(_("name of the view"), max_length=40)
    query = models.CharField(max_length=1000, blank=True, default="")
    is_default = models.BooleanField(_("opens by itself"), default=False)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="inbox_view_named_once"),
            models.UniqueConstraint(
                fields=["person", "page"], condition=Q(is_default=True), name="inbox_one_default_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name
