"""Logins, and the passwords they may not use again."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.parties.models import Person


class UserManager(BaseUserManager["User"]):
    """Finds logins by user name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the login with this user name."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One login of one person. Shared logins do not exist (GB/T 22239: unique identity).

    What a login may do comes from the person's posts and representations, never from this table.
    `proven_phone` is the keyed hash of the phone that its person proved to hold by a code. `unused_from`: put
    back into use, so that being unused counts anew; `unused_told_at`: its person was told that it will be
    disabled.
    """

    class Kind(models.TextChoices):
        """The same words as `data.AccountKind`, with labels."""

        STAFF = AccountKind.STAFF.value, _("Staff")
        ENTERPRISE = AccountKind.ENTERPRISE.value, _("Enterprise")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="user", verbose_name=_("person")
    )
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(default=False)
    one_time_until = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    proven_phone = models.CharField(max_length=64, blank=True, default="", db_default="")
    unused_from = models.DateTimeField(null=True, blank=True)
    unused_told_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_username_any_case_once"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        """Whether this is a login of the zone's own people."""
        return self.kind == AccountKind.STAFF.value


class FormerPassword(models.Model):
    """The hash of a password this login once had; it may not come back soon."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-replaced_at"], name="accounts_former_passwords")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.replaced_at:%Y-%m-%d}"


class LoginFailures(models.Model):
    """Wrong attempts at one login, known or not, or from one address, whatever the login.

    A name that does not exist locks like one that does. `came_from` is the key of the last one's
    address.
    """

    key = models.CharField(max_length=64, unique=True)
    came_from = models.CharField(max_length=64, blank=True)
    failures = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.failures}"


class SpentCode(models.Model):
    """A one-time code that was used and does not count a second time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)
    spent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "code_hash", "-spent_at"], name="accounts_spent_codes")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.spent_at:%Y-%m-%d %H:%M}"
