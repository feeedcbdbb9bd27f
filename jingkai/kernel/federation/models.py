"""Who proves identities, whose identity belongs to which login, and what is under way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.accounts.models import User
from jingkai.kernel.federation.data import Settings
from jingkai.kernel.parties.models import EncryptedTextField


class Provider(models.Model):
    """A platform that proves who people are: where it answers, as which client we ask, what it tells."""

    class Proof(models.TextChoices):
        """How the client proves itself when it exchanges a code for a token."""

        POST = "client_secret_post", _("In the form (client_secret_post)")
        BASIC = "client_secret_basic", _("In the header (client_secret_basic)")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("code in addresses"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True, default="")
    issuer = models.CharField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    secret = EncryptedTextField(_("client secret"), blank=True, default="")
    proof = models.CharField(_("client's proof"), max_length=24, choices=Proof.choices, default=Proof.POST)
    scopes = models.CharField(_("scopes"), max_length=200, default="openid profile phone")
    claims = models.JSONField(_("claims"), default=dict)
    ask_userinfo = models.BooleanField(_("facts by the userinfo end point"), default=False)
    phones_proven = models.BooleanField(_("the platform proves phones itself"), default=True)
    levels = models.CharField(
        _("levels that count (acr)"), max_length=300, blank=True, default="", db_default=""
    )
    methods = models.CharField(
        _("methods of which one counts (amr)"), max_length=300, blank=True, default="", db_default=""
    )
    max_age_minutes = models.PositiveIntegerField(_("oldest log-in at the platform"), default=0, db_default=0)
    for_staff = models.BooleanField(_("staff may sign in with it, too"), default=False)
    active = models.BooleanField(_("offered on the log-in page"), default=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    def settings(self) -> Settings:
        """Give what the client needs."""
        return Settings(
            issuer=self.issuer.rstrip("/"),
            client_id=self.client_id,
            secret=self.secret,
            scopes=self.scopes,
            basic=self.proof == self.Proof.BASIC,
            ask_userinfo=self.ask_userinfo,
            phones_proven=self.phones_proven,
            claims=self.claims,
            levels=tuple(self.levels.split()),
            methods=tuple(self.methods.split()),
            max_age_minutes=self.max_age_minutes,
        )


class Link(models.Model):
    """An identity at a provider belongs to a login; known by a keyed hash, so that a copy tells nobody."""

    class How(models.TextChoices):
        """How it was made sure that both are the same person."""

        PHONE = "phone", _("by a code to the phone")
        PASSWORD = "password", _("by the password")
        OWN_PAGE = "own_page", _("on the own account page")
        FIRST = "first", _("at the first log-in")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="links")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject_hash = models.CharField(max_length=64)
    how = models.CharField(max_length=12, choices=How.choices)
    linked_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject_hash"],
                condition=Q(ended_at=None),
                name="federation_one_login_for_an_identity",
            ),
            models.UniqueConstraint(
                fields=["provider", "user"],
                condition=Q(ended_at=None),
                name="federation_one_identity_for_a_login",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.user_id}"


class Attempt(models.Model):
    """Somebody was sent to a provider and is to come back with this state, once."""

    state_hash = models.CharField(max_length=64, unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    kept = EncryptedTextField()
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.provider_id} {self.started_at:%Y-%m-%d %H:%M}"


class Arrival(models.Model):
    """A proven identity that waits for its person: which login is it, or a new one? Emptied afterwards."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    identity = EncryptedTextField(blank=True, default="")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    next_url = models.CharField(max_length=500, blank=True, default="")
    phone_check = models.CharField(max_length=40, blank=True, default="")
    arrived_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.provider_id} {self.arrived_at:%Y-%m-%d %H:%M}"


class Visit(models.Model):
    """Somebody came in by a platform: which log-in there it was, so that its end there ends it here.

    `session_key` is that of the browser before it was signed in: it may still be asked for a second factor.
    The session that came of it holds this row's number.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sub_hash = models.CharField(max_length=64)
    sid_hash = models.CharField(max_length=64, blank=True, default="")
    session_key = models.CharField(max_length=40, blank=True, default="")
    came_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["provider", "sub_hash"],
                condition=Q(ended_at=None),
                name="federation_visits_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.user_id} {self.came_at:%Y-%m-%d %H:%M}"


class SpentLogout(models.Model):
    """A platform's word that somebody signed out there; it counts once."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64)
    spent_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "token_hash"], name="federation_logout_counts_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.spent_at:%Y-%m-%d %H:%M}"
