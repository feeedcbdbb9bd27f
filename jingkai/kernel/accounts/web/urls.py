"""Addresses of signing in and of the administrators' pages of people and logins.

Of allauth's pages only those named here exist; each states who may open it.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path

from jingkai.kernel.accounts.web import forgotten, logins, own, passkeys, people, phone
from jingkai.kernel.permissions.api import public, signed_in

OWN = [
    path("accounts/", own.home, name="home"),
    path("system/people", people.people, name="people"),
    path("system/people/new", people.new_person, name="new_person"),
    path("system/people/<uuid:uuid>", people.person, name="person"),
    path("system/people/<uuid:uuid>/edit", people.edit_person, name="edit_person"),
    path("system/people/<uuid:uuid>/appoint", people.appoint, name="appoint"),
    path("system/people/<uuid:uuid>/login", people.give_login, name="give_login"),
    path("system/people/<uuid:uuid>/leave", people.leave, name="leave"),
    path("system/people/<uuid:uuid>/return", people.come_back, name="come_back"),
    path("system/people/<uuid:uuid>/contact", people.contact, name="contact"),
    path("system/appointments/<uuid:uuid>/end", people.end_appointment, name="end_appointment"),
    path("system/appointments/<uuid:uuid>/void", people.void_appointment, name="void_appointment"),
    path("system/logins", logins.logins, name="logins"),
    path("system/logins/policy", logins.policy, name="policy"),
    path("system/logins/sign-out-everybody", logins.sign_out_everybody, name="sign_out_everybody"),
    path("system/logins/<uuid:uuid>", logins.login, name="login"),
    path("system/logins/<uuid:uuid>/<slug:act>", logins.act_on_login, name="act_on_login"),
]

urlpatterns = [
    path("", include((OWN, "accounts"))),
    path("accounts/login/", public(account.login), name="account_login"),
    path("accounts/logout/", public(account.logout), name="account_logout"),
    path("accounts/inactive/", public(account.account_inactive), name="account_inactive"),
    path("accounts/signup/", own.no_signup, name="account_signup"),
    path("accounts/reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/password/change/", signed_in(account.password_change), name="account_change_password"),
    path("accounts/password/set/", signed_in(forgotten.set_first), name="account_set_password"),
    path("accounts/password/reset/", forgotten.ask, name="account_reset_password"),
    path("accounts/password/reset/code/", forgotten.choose, name="account_reset_password_code"),
    path("accounts/phone/", phone.prove, name="account_phone"),
    path("accounts/phone/code/", phone.finish, name="account_phone_code"),
    path("accounts/2fa/", signed_in(mfa.index), name="mfa_index"),
    path("accounts/2fa/authenticate/", public(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/2fa/totp/activate/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("accounts/2fa/totp/deactivate/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "accounts/2fa/recovery-codes/",
        signed_in(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/generate/",
        signed_in(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        signed_in(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("accounts/2fa/passkeys/", signed_in(passkeys.listing), name="mfa_list_webauthn"),
    path("accounts/2fa/passkeys/add/", signed_in(passkeys.add), name="mfa_add_webauthn"),
    path("accounts/2fa/passkeys/<int:pk>/remove/", signed_in(passkeys.remove), name="mfa_remove_webauthn"),
    path("accounts/2fa/passkeys/again/", signed_in(passkeys.again), name="mfa_reauthenticate_webauthn"),
    path("accounts/2fa/passkeys/login/", public(passkeys.log_in), name="mfa_login_webauthn"),
    path("accounts/sessions/", own.sessions, name="usersessions_list"),
]
