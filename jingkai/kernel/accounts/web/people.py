"""People of the staff: list, enter, appoint, let go (the system administrator's pages)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.accounts import operations, queries
from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.operations import PersonDraft, Placement
from jingkai.kernel.accounts.web import one_time
from jingkai.kernel.accounts.web.forms import (
    AppointmentForm,
    EditPersonForm,
    EndForm,
    NewPersonForm,
    PersonForm,
    ReasonForm,
    UsernameForm,
)
from jingkai.kernel.accounts.web.paging import keyset
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.api import MANAGE_PEOPLE, READ_DIRECTORY
from jingkai.kernel.organisation.api import void_appointment as void
from jingkai.kernel.organisation.models import Appointment
from jingkai.kernel.parties.api import REVEAL, ChangedMeanwhile, mask_email, mask_phone, reveal_contact
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Fact

PAGE = 50


@requires(MANAGE_PEOPLE, READ_DIRECTORY)
@require_GET
def people(request: Request) -> HttpResponse:
    """List the people of the staff in pinyin order, with their posts and login."""
    text = request.GET.get("q", "").strip()
    shown = request.GET.get("gone", "")
    today = timezone.localdate(request.at)
    rows, pager = keyset(
        request,
        queries.staff(text=text, gone=shown == "1", unplaced=shown == "none"),
        fields=("party__pinyin", "party_id"),
        size=PAGE,
    )
    held_posts = queries.posts_by_person([row.pk for row in rows], today)
    lines = [(row, held_posts.get(row.pk, []), getattr(row, "user", None)) for row in rows]
    context = {
        "lines": lines,
        "pager": pager,
        "text": text,
        "gone": shown,
        "may_edit": may(request.actor, MANAGE_PEOPLE),
    }
    return render(request, "accounts/people.html", context)


@requires(MANAGE_PEOPLE)
@once
def new_person(request: Request) -> HttpResponse:
    """Enter a person, in a post and with a login where these are given."""
    form = NewPersonForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        placement = Placement(
            post=given["post"], starts_on=given["starts_on"], username=given["username"].strip()
        )
        try:
            entered, account = operations.enter_person(
                draft=_draft(form), placement=placement, by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
        else:
            one_time.keep(request, account)
            messages.success(request, _("%(name)s was entered.") % {"name": local(entered.party, "name")})
            return redirect("accounts:person", entered.party.uuid)
    context = {
        "form": form,
        "title": _("Enter a person"),
        "action": _("Enter"),
        "back_label": _("People"),
        "back_url": reverse("accounts:people"),
    }
    return render(request, "organisation/form.html", context)


def with_version(request: Request, version: int) -> QueryDict:
    """Give back what was typed, made to save over the present version."""
    typed = request.POST.copy()
    typed["version"] = str(version)
    return typed


def _draft(form: PersonForm) -> PersonDraft:
    given = form.cleaned_data
    return PersonDraft(**{name: given[name] for name in ("name", "name_en", "phone", "email", "language")})


def _get(uuid: UUID) -> Person:
    return get_object_or_404(Person.objects.select_related("party"), party__uuid=uuid)


@requires(MANAGE_PEOPLE, READ_DIRECTORY)
@require_GET
def person(request: Request, uuid: UUID) -> HttpResponse:
    """Show a person: posts now and before, delegations, login; contacts masked."""
    row = _get(uuid)
    user = User.objects.filter(person=row).first()
    today = timezone.localdate(request.at)
    appointments = list(
        Appointment.objects.filter(person=row)
        .select_related("post__party", "post__unit__party")
        .order_by("-starts_on")
    )
    context = {
        "person": row,
        "phone": mask_phone(row.phone),
        "email": mask_email(row.email),
        "login": user,
        "one_time_password": one_time.take(request, user.pk if user else None),
        "appointments": [(item, _state(item, today)) for item in appointments],
        "may_edit": may(request.actor, MANAGE_PEOPLE),
        "may_reveal": may(request.actor, REVEAL),
    }
    return render(request, "accounts/person.html", context)


def _state(row: Appointment, today: object) -> str:
    if row.voided_at is not None:
        return "void"
    if row.ends_on is not None and row.ends_on < today:  # type: ignore[operator]
        return "past"
    return "coming" if row.starts_on > today else "now"  # type: ignore[operator]


@requires(MANAGE_PEOPLE)
@once
def edit_person(request: Request, uuid: UUID) -> HttpResponse:
    """Change a person's names and contacts, which stay masked; a stale form is told what changed."""
    row = _get(uuid)
    initial = {
        "name": row.party.name,
        "name_en": row.party.name_en,
        "language": row.language,
        "version": row.party.version,
    }
    form = EditPersonForm(request.POST or held(request) or None, initial=initial, person=row)
    stale = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            operations.change_person(
                person=row, draft=_draft(form), version=version, by=request.actor, at=request.at
            )
        except ChangedMeanwhile as error:
            stale = error
            form.data = with_version(request, row.party.version)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:person", uuid)
    context = {
        "form": form,
        "title": _("Change %(name)s") % {"name": local(row.party, "name")},
        "action": _("Save"),
        "back_label": local(row.party, "name"),
        "back_url": reverse("accounts:person", args=[uuid]),
        "stale": stale,
        "present": [
            Fact(_("Full name"), row.party.name),
            Fact(_("Phone"), mask_phone(row.phone)),
            Fact(_("E-mail address"), mask_email(row.email)),
        ],
    }
    return render(request, "organisation/form.html", context)


@requires(MANAGE_PEOPLE)
@once
def appoint(request: Request, uuid: UUID) -> HttpResponse:
    """Put a person into a post."""
    row = _get(uuid)
    form = AppointmentForm(
        request.POST or held(request) or None, initial={"starts_on": timezone.localdate(request.at)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            organisation.appoint(person=row, by=request.actor, at=request.at, **form.cleaned_data)
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
        else:
            messages.success(request, _("The appointment was entered."))
            return redirect("accounts:person", uuid)
    context = {
        "form": form,
        "title": _("Appoint %(name)s") % {"name": local(row.party, "name")},
        "action": _("Appoint"),
        "back_label": local(row.party, "name"),
        "back_url": reverse("accounts:person", args=[uuid]),
    }
    return render(request, "organisation/form.html", context)


@requires(MANAGE_PEOPLE)
@once
def end_appointment(request: Request, uuid: UUID) -> HttpResponse:
    """Set the last day of an appointment."""
    row = _appointment(uuid)
    start = {"ends_on": timezone.localdate(request.at), "version": row.version}
    form = EndForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            organisation.end_appointment(
                appointment=row,
                ends_on=form.cleaned_data["ends_on"],
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
        else:
            return redirect("accounts:person", row.person.party.uuid)
    context = {
        "form": form,
        "title": _("End the appointment of %(name)s as %(post)s") % _names(row),
        "action": _("End it"),
        "back_url": reverse("accounts:person", args=[row.person.party.uuid]),
    }
    return render(request, "organisation/confirm.html", context)


@requires(MANAGE_PEOPLE)
@once
def void_appointment(request: Request, uuid: UUID) -> HttpResponse:
    """Take back an appointment that was entered by mistake."""
    row = _appointment(uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        void(appointment=row, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
        return redirect("accounts:person", row.person.party.uuid)
    context = {
        "form": form,
        "title": _("Take back the appointment of %(name)s as %(post)s") % _names(row),
        "text": _("It then never counted. To end a real appointment set its last day instead."),
        "action": _("Take it back"),
        "danger": True,
        "back_url": reverse("accounts:person", args=[row.person.party.uuid]),
    }
    return render(request, "organisation/confirm.html", context)


def _appointment(uuid: UUID) -> Appointment:
    rows = Appointment.objects.select_related("person__party", "post__party")
    return get_object_or_404(rows, uuid=uuid)


def _names(row: Appointment) -> dict[str, str]:
    return {"name": local(row.person.party, "name"), "post": local(row.post.party, "name")}


@requires(MANAGE_PEOPLE)
@once
def give_login(request: Request, uuid: UUID) -> HttpResponse:
    """Give a person a login; its one-time password is shown once on the next page."""
    row = _get(uuid)
    form = UsernameForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = operations.create_user(
                person=row,
                kind=AccountKind.STAFF,
                username=form.cleaned_data["username"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
        else:
            one_time.keep(request, account)
            return redirect("accounts:person", uuid)
    context = {
        "form": form,
        "title": _("Give %(name)s a login") % {"name": local(row.party, "name")},
        "text": _("A one-time password is made and shown once. It must be changed at the first sign-in."),
        "action": _("Make the login"),
        "back_url": reverse("accounts:person", args=[uuid]),
    }
    return render(request, "organisation/confirm.html", context)


@requires(MANAGE_PEOPLE)
@once
def leave(request: Request, uuid: UUID) -> HttpResponse:
    """Let a person go: login, posts and delegations end at once."""
    row = _get(uuid)
    back = reverse("accounts:person", args=[uuid])
    if request.method == "POST":
        operations.let_go(person=row, by=request.actor, at=request.at)
        messages.success(request, _("%(name)s has left.") % {"name": local(row.party, "name")})
        return redirect(back)
    context = {
        "title": _("%(name)s leaves") % {"name": local(row.party, "name")},
        "text": _(
            "The login is closed at once, posts and delegations end. What was done stays in the trail."
        ),
        "action": _("Let go"),
        "danger": True,
        "back_url": back,
    }
    return render(request, "organisation/confirm.html", context)


@requires(MANAGE_PEOPLE)
@once
def come_back(request: Request, uuid: UUID) -> HttpResponse:
    """Let a person who had left come back; posts are given anew."""
    row = _get(uuid)
    back = reverse("accounts:person", args=[uuid])
    if request.method == "POST":
        operations.take_back(person=row, by=request.actor, at=request.at)
        return redirect(back)
    context = {
        "title": _("%(name)s comes back") % {"name": local(row.party, "name")},
        "text": _("The login opens again; posts must be given anew."),
        "action": _("Comes back"),
        "back_url": back,
    }
    return render(request, "organisation/confirm.html", context)


@requires(REVEAL)
@once
def contact(request: Request, uuid: UUID) -> HttpResponse:
    """Show phone and e-mail in full, after saying what for; the look is written to the trail."""
    row = _get(uuid)
    back = reverse("accounts:person", args=[uuid])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reveal_contact(person=row, by=request.actor, at=request.at, purpose=form.cleaned_data["reason"])
        messages.info(
            request,
            _("%(name)s: phone %(phone)s, e-mail %(email)s.")
            % {"name": local(row.party, "name"), "phone": row.phone or "–", "email": row.email or "–"},
        )
        return redirect(back)
    context = {
        "form": form,
        "title": _("See how to reach %(name)s") % {"name": local(row.party, "name")},
        "text": _("Say what for. That you looked is written to the trail."),
        "action": _("Show"),
        "back_url": back,
    }
    return render(request, "organisation/confirm.html", context)
