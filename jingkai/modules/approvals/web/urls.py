"""Addresses of the service hall: public pages, the enterprise's pages, the officers' acts."""

from django.urls import path

from jingkai.modules.approvals.web import acts, apply, mine, public, registers

app_name = "approvals"

urlpatterns = [
    path("", public.home, name="home"),
    path("services/", public.catalogue, name="catalogue"),
    path("services/<slug:code>/", public.guide, name="guide"),
    path("services/<slug:code>/flow.bpmn", public.flow_picture, name="guide_flow"),
    path("services/<slug:code>/forms/<slug:material>/", public.blank_form, name="blank_form"),
    path("powers/", public.powers, name="powers"),
    path("powers/export/", public.export_powers, name="public_powers_export"),
    path("track/", public.track, name="track"),
    path("my/", mine.matters, name="my"),
    path("my/export/", mine.export, name="my_export"),
    path("my/new/<slug:code>/", apply.start, name="start"),
    path("my/<uuid:uuid>/", mine.matter, name="matter"),
    path("my/<uuid:uuid>/facts/", apply.facts, name="facts"),
    path("my/<uuid:uuid>/facts/autosave/", apply.autosave, name="autosave"),
    path("my/<uuid:uuid>/materials/", apply.materials, name="materials"),
    path("my/<uuid:uuid>/materials/<slug:code>/upload/", apply.upload, name="upload"),
    path("my/<uuid:uuid>/files/<uuid:file>/remove/", apply.remove_file, name="remove_file"),
    path("my/<uuid:uuid>/check/", apply.check, name="check"),
    path("my/<uuid:uuid>/submit/", apply.submit, name="submit"),
    path("my/<uuid:uuid>/supply/", apply.supply, name="supply"),
    path("my/<uuid:uuid>/discard/", apply.discard, name="discard"),
    path("my/<uuid:uuid>/withdraw/", mine.withdraw, name="withdraw"),
    path("my/<uuid:uuid>/result/", mine.result, name="result"),
    path("my/<uuid:uuid>/rate/", mine.rate, name="rate"),
    path("my/questions/<uuid:uuid>/answer/", mine.answer, name="answer"),
    path("approvals/tasks/<uuid:uuid>/accept/", acts.accept, name="accept"),
    path("approvals/tasks/<uuid:uuid>/correct/", acts.correct, name="correct"),
    path("approvals/tasks/<uuid:uuid>/refuse/", acts.refuse, name="refuse"),
    path("approvals/tasks/<uuid:uuid>/ask/", acts.ask, name="ask"),
    path("approvals/tasks/<uuid:uuid>/suspend/", acts.suspend, name="suspend"),
    path("approvals/tasks/<uuid:uuid>/resume/", acts.resume, name="resume"),
    path("approvals/tasks/<uuid:uuid>/opinion/", acts.opinion, name="opinion"),
    path("approvals/tasks/<uuid:uuid>/summarise/", acts.summarise, name="summarise"),
    path("approvals/tasks/<uuid:uuid>/sign/", acts.sign, name="sign"),
    path("approvals/tasks/<uuid:uuid>/return/", acts.give_back, name="give_back"),
    path("approvals/tasks/<uuid:uuid>/seal/", acts.seal, name="seal"),
    path("approvals/decisions/<uuid:uuid>/revoke/", registers.revoke, name="revoke"),
    path("approvals/powers/", registers.powers, name="manage_powers"),
    path("approvals/powers/export/", registers.export_powers, name="powers_export"),
    path("approvals/powers/<uuid:uuid>/state/", registers.power_state, name="power_state"),
]
