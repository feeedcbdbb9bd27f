"""Addresses of the designer and of starting matters."""

from django.urls import path

from jingkai.casework.designer.web import designs, editor, formpages, moving, simulating, start

app_name = "designer"

FLOW = "system/flows/<uuid:uuid>"
FORM = f"{FLOW}/forms/<slug:form>"

urlpatterns = [
    path("start/", start.start, name="start"),
    path("start/<slug:key>/", start.begin, name="begin"),
    path("start/<slug:key>/draft/", start.draft, name="draft"),
    path("system/flows/", designs.designs, name="designs"),
    path("system/flows/drawn/", designs.designs, name="drawn"),
    path("system/flows/new/", designs.new, name="new"),
    path("system/flows/adopt/<slug:key>/", designs.adopt, name="adopt"),
    path(f"{FLOW}/", designs.versions, name="versions"),
    path(f"{FLOW}/head/", designs.head, name="head"),
    path(f"{FLOW}/draw/", editor.editor, name="editor"),
    path(f"{FLOW}/lint/", editor.lint, name="lint"),
    path(f"{FLOW}/save/", editor.save, name="save"),
    path(f"{FLOW}/publish/", designs.publish, name="publish"),
    path(f"{FLOW}/compare/", designs.compare, name="compare"),
    path(f"{FLOW}/migrate/", moving.migrate, name="migrate"),
    path(f"{FLOW}/migrations/<uuid:run>/", moving.moving, name="moving"),
    path(f"{FLOW}/simulate/", simulating.simulate, name="simulate"),
    path(f"{FLOW}/import/", designs.import_drawing, name="import"),
    path(f"{FLOW}/drawing-<int:version>.bpmn", designs.drawing, name="drawing"),
    path(f"{FLOW}/forms/", formpages.new_form, name="new_form"),
    path(f"{FORM}/", formpages.form, name="form"),
    path(f"{FORM}/head/", formpages.form_head, name="form_head"),
    path(f"{FORM}/import/", formpages.import_form, name="import_form"),
    path(f"{FORM}/remove/", formpages.remove_form, name="remove_form"),
    path(f"{FORM}/form.json", formpages.export_form, name="export_form"),
    path(f"{FORM}/fields/<str:field>/", formpages.field, name="field"),
    path(f"{FORM}/fields/<str:field>/arrange/", formpages.arrange, name="arrange"),
]
