"""Addresses of the inbox."""

from django.urls import path

from jingkai.casework.inbox.web import acts, case, cases, cockpit, desk, views

app_name = "inbox"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/export/", desk.export, name="desk_export"),
    path("desk/claim/", acts.claim_many, name="claim_many"),
    path("desk/claim-next/", acts.claim_next, name="claim_next"),
    path("cases/", cases.cases, name="cases"),
    path("cases/number/<int:number>/", case.case_by_number, name="case_by_number"),
    path("cases/export/", cases.export, name="cases_export"),
    path("cases/<uuid:uuid>/", case.case, name="case"),
    path("cases/<uuid:uuid>/clocks/", case.clocks, name="clocks"),
    path("cases/<uuid:uuid>/trail/", case.trail, name="trail"),
    path("cases/<uuid:uuid>/print/", case.print_sheet, name="print"),
    path("cases/<uuid:uuid>/flow.bpmn", case.flow, name="flow"),
    path("tasks/<uuid:uuid>/claim/", acts.claim, name="claim"),
    path("tasks/<uuid:uuid>/release/", acts.release, name="release"),
    path("tasks/<uuid:uuid>/transfer/", acts.transfer, name="transfer"),
    path("tasks/<uuid:uuid>/send-back/", acts.send_back, name="send_back"),
    path("tasks/<uuid:uuid>/complete/", acts.complete, name="complete"),
    path("views/new/", views.new_view, name="new_view"),
    path("views/<uuid:uuid>/delete/", views.delete_view, name="delete_view"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/export/", cockpit.export, name="cockpit_export"),
]
