"""Fees: the list of what may be charged, demands, statements, payments and refunds. Money is decimal yuan."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.cases.models import Case
from jingkai.kernel.parties.models import Party
from jingkai.modules.enterprises.models.registry import Enterprise
from jingkai.records.files.models import Attachment


class FeeItem(models.Model):
    """One line of the fee list (收费目录清单): what may be charged, on which basis, by which standard.

    `standard` holds the numbers of its kind as texts: `{"amount"}`, `{"rate", "minimum", "maximum"}` or
    `{"steps": [{"up_to", "rate"}]}`. What is outside its days, or not in the list, is not charged.
    """

    class Nature(models.TextChoices):
        """What the charge is, by the State's lists."""

        ADMINISTRATIVE = "administrative", _("Administrative fee")
        FUND = "fund", _("Government fund")
        SERVICE = "service", _("Operating service under government pricing")

    class Standard(models.TextChoices):
        """How it is computed."""

        FIXED = "fixed", _("A fixed sum")
        PER_UNIT = "per_unit", _("So much for each unit")
        STEPS = "steps", _("In steps of the amount")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=240)
    nature = models.CharField(_("nature"), max_length=20, choices=Nature.choices)
    organ = models.CharField(_("charging organ"), max_length=160)
    organ_en = models.CharField(max_length=240, blank=True, default="")
    basis = models.TextField(_("basis"))
    basis_en = models.TextField(blank=True, default="")
    kind = models.CharField(_("standard"), max_length=12, choices=Standard.choices)
    standard = models.JSONField(default=dict)
    unit = models.CharField(_("unit"), max_length=40, blank=True, default="")
    unit_en = models.CharField(max_length=60, blank=True, default="")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="enterprises_fee_has_a_basis"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="enterprises_fee_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeeDemand(models.Model):
    """A demand for a fee (缴费通知) to one enterprise, computed by the list's standard; it stops no clock.

    `computation` says how the amount came about, with the basis as the list had it that day.
    """

    class State(models.TextChoices):
        """Where it stands; what is paid is the sum of its shares."""

        OPEN = "open", _("To be paid")
        SETTLED = "settled", _("Paid")
        CANCELLED = "cancelled", _("Called off")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=60, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(FeeItem, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=16, decimal_places=2)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    paid = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    computation = models.JSONField(default=dict)
    due_on = models.DateField(_("to be paid by"))
    issued_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    end_reason = models.CharField(max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["enterprise", "-issued_at", "-id"], name="enterprises_demands_of"),
            models.Index(fields=["-issued_at", "-id"], name="enterprises_demands_newest"),
            models.Index(fields=["case"], name="enterprises_demands_by_case"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="enterprises_demand_is_positive"),
            models.CheckConstraint(
                condition=Q(paid__gte=0) & Q(paid__lte=F("amount")), name="enterprises_never_paid_too_much"
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(paid=F("amount")), name="enterprises_settled_is_paid"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class FeeStatement(models.Model):
    """One statement for all open demands of an enterprise (一卡通结算)."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=60, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    total = models.DecimalField(max_digits=16, decimal_places=2)
    demands: models.ManyToManyField[FeeDemand, models.Model] = models.ManyToManyField(
        FeeDemand, related_name="statements"
    )
    drawn_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """A payment as a recorded fact: amount, day, channel, voucher, by whom; it counts once confirmed.

    `credit` is what no demand took: paid too much, or freed when a demand was called off.
    """

    class Channel(models.TextChoices):
        """How it was paid."""

        TRANSFER = "transfer", _("Bank transfer")
        ONLINE = "online", _("Online payment")
        CARD = "card", _("Card at the window")
        CASH = "cash", _("Cash at the window")

    class State(models.TextChoices):
        """Whether the money was seen."""

        REPORTED = "reported", _("Reported, not confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Not found")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(FeeStatement, null=True, on_delete=models.PROTECT, related_name="payments")
    demand = models.ForeignKey(FeeDemand, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    credit = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    paid_on = models.DateField(_("paid on"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    voucher = models.CharField(_("voucher number"), max_length=80)
    slip = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.REPORTED)
    state_reason = models.CharField(max_length=300, blank=True, default="")
    recorded_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="enterprises_payments_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="enterprises_payment_is_positive"),
            models.CheckConstraint(
                condition=Q(credit__gte=0) & Q(credit__lte=F("amount")), name="enterprises_credit_in_payment"
            ),
            models.UniqueConstraint(
                fields=["channel", "voucher"],
                condition=~Q(state="refused"),
                name="enterprises_one_voucher_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.amount}"


class PaymentShare(models.Model):
    """The part of a payment that one demand took; freed when the demand is called off."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="shares")
    demand = models.ForeignKey(FeeDemand, on_delete=models.PROTECT, related_name="shares")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    freed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="enterprises_share_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.demand_id}"


class Refund(models.Model):
    """Money given back out of a payment's credit: when, how much, why, by whom."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=300)
    refunded_on = models.DateField(_("refunded on"))
    voucher = models.CharField(_("voucher number"), max_length=80)
    recorded_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="enterprises_refund_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id}"
