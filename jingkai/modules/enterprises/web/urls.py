"""Addresses of the enterprise registry."""

from django.urls import path

from jingkai.modules.enterprises.web import acting, own, registering, registry
from jingkai.modules.enterprises.web.fees import own as own_fees
from jingkai.modules.enterprises.web.fees import public as fee_list
from jingkai.modules.enterprises.web.fees import staff as fees

app_name = "enterprises"

urlpatterns = [
    path("register", registering.register, name="register"),
    path("register/code", registering.check_code, name="check_code"),
    path("register/industries", registering.industries, name="industries"),
    path("register/phone", registering.prove_phone, name="prove_phone"),
    path("register/join/<str:token>", registering.join, name="join"),
    path("enterprise/", own.home, name="home"),
    path("enterprise/edit", own.edit, name="edit_own"),
    path("enterprise/invite", own.invite, name="invite"),
    path("enterprise/invitations/<uuid:uuid>/withdraw", own.withdraw, name="withdraw"),
    path("enterprise/handlers/<uuid:uuid>/remove", own.remove, name="remove"),
    path("enterprise/handlers/<uuid:uuid>/rights", acting.rights, name="rights"),
    path("enterprise/hand-over", acting.hand_over, name="hand_over"),
    path("enterprise/hand-over/<uuid:uuid>/call-off", acting.call_off, name="call_off"),
    path("fees/", fee_list.listing, name="fees"),
    path("fees/export/", fee_list.export, name="fees_export"),
    path("fees/items/", fees.items, name="fee_items"),
    path("fees/items/new/", fees.edit_item, name="new_fee_item"),
    path("fees/items/<uuid:uuid>/", fees.edit_item, name="edit_fee_item"),
    path("fees/demands/", fees.demands, name="demands"),
    path("fees/demands/export/", fees.export_demands, name="demands_export"),
    path("fees/demands/new/", fees.new_demand, name="new_demand"),
    path("fees/demands/<uuid:uuid>/", fees.demand, name="demand"),
    path("fees/demands/<uuid:uuid>/cancel/", fees.cancel, name="cancel_demand"),
    path("fees/demands/<uuid:uuid>/pay/", fees.pay, name="record_payment"),
    path("fees/payments/", fees.payments, name="payments"),
    path("fees/payments/export/", fees.export_payments, name="payments_export"),
    path("fees/payments/<uuid:uuid>/", fees.payment, name="payment"),
    path("fees/payments/<uuid:uuid>/confirm/", fees.confirm, name="confirm_payment"),
    path("fees/payments/<uuid:uuid>/refuse/", fees.refuse, name="refuse_payment"),
    path("fees/payments/<uuid:uuid>/refund/", fees.refund, name="refund"),
    path("my/fees/", own_fees.listing, name="own_fees"),
    path("my/fees/export/", own_fees.export, name="own_fees_export"),
    path("my/fees/settle/", own_fees.draw, name="draw_statement"),
    path("my/fees/<uuid:uuid>/", own_fees.demand, name="own_demand"),
    path("my/fees/statements/<uuid:uuid>/", own_fees.statement, name="statement"),
    path("my/fees/statements/<uuid:uuid>/report/", own_fees.report, name="report_payment"),
    path("enterprises", registry.listing, name="list"),
    path("enterprises/export", registry.export, name="export"),
    path("enterprises/new", registry.new, name="new"),
    path("enterprises/codes", registry.allow_code, name="allow_code"),
    path("enterprises/<uuid:uuid>", registry.detail, name="detail"),
    path("enterprises/<uuid:uuid>/edit", registry.edit, name="edit"),
    path("enterprises/<uuid:uuid>/hand-over", acting.hand_over_at_window, name="hand_over_at_window"),
    path("enterprises/<uuid:uuid>/invite", registry.invite, name="invite_at_window"),
]
