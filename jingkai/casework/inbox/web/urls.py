"""Addresses of the inbox."""

from django.urls import path

from jingkai.casework.inbox.web import board, case, cases, cockpit, desk, feeds, leavers, todos, views
from jingkai.casework.inbox.web.acts import batch, finishing, holding, recalling, signing, telling

app_name = "inbox"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/export/", desk.export, name="desk_export"),
    path("desk/claim/", holding.claim_many, name="claim_many"),
    path("desk/claim-next/", holding.claim_next, name="claim_next"),
    path("desk/leavers/", leavers.leavers, name="leavers"),
    path("desk/leavers/<uuid:uuid>/", leavers.leaver, name="leaver"),
    path("desk/batch/", batch.batch, name="batch"),
    path("desk/batch/result/", batch.batch_result, name="batch_result"),
    path("cases/", cases.cases, name="cases"),
    path("cases/export/", cases.export, name="cases_export"),
    path("cases/<uuid:uuid>/", case.case, name="case"),
    path("cases/<uuid:uuid>/clocks/", case.clocks, name="clocks"),
    path("cases/<uuid:uuid>/trail/", case.trail, name="trail"),
    path("cases/<uuid:uuid>/print/", case.print_sheet, name="print"),
    path("cases/<uuid:uuid>/flow.bpmn", case.flow, name="flow"),
    path("tasks/<uuid:uuid>/claim/", holding.claim, name="claim"),
    path("tasks/<uuid:uuid>/release/", holding.release, name="release"),
    path("tasks/<uuid:uuid>/transfer/", holding.transfer, name="transfer"),
    path("tasks/<uuid:uuid>/send-back/", finishing.send_back, name="send_back"),
    path("tasks/<uuid:uuid>/complete/", finishing.complete, name="complete"),
    path("tasks/<uuid:uuid>/add-signer/", signing.add_signer, name="add_signer"),
    path("tasks/<uuid:uuid>/remove-signer/", signing.remove_signer, name="remove_signer"),
    path("tasks/<uuid:uuid>/entrust/", signing.entrust, name="entrust"),
    path("tasks/<uuid:uuid>/give-opinion/", signing.give_opinion, name="give_opinion"),
    path("tasks/<uuid:uuid>/take-back/", signing.take_back, name="take_back"),
    path("tasks/<uuid:uuid>/recall/", recalling.recall, name="recall"),
    path("tasks/<uuid:uuid>/urge/", telling.urge, name="urge"),
    path("cases/<uuid:uuid>/circulate/", telling.circulate, name="circulate"),
    path("cases/<uuid:uuid>/withdraw/", recalling.withdraw, name="withdraw"),
    path("cases/<uuid:uuid>/submit-again/", recalling.resubmit, name="resubmit"),
    path("readings/<uuid:uuid>/read/", telling.read, name="read"),
    path("desk/calendar/", feeds.my_feed, name="my_feed"),
    path("desk/calendar/new/", feeds.make_feed, name="make_feed"),
    path("desk/calendar/revoke/", feeds.revoke_feed, name="revoke_feed"),
    path("calendar/<str:token>.ics", feeds.calendar, name="calendar"),
    path("system/todo-centre/", todos.todo_centre, name="todo_centre"),
    path("system/todo-centre/repeat/", todos.repeat, name="repeat_todos"),
    path("views/new/", views.new_view, name="new_view"),
    path("views/<uuid:uuid>/delete/", views.delete_view, name="delete_view"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/tiles/<str:key>/", cockpit.tile, name="tile"),
    path("cockpit/given/", board.given, name="given"),
    path("cockpit/people/", board.people, name="people"),
    path("cockpit/flows/", board.flows, name="flows"),
    path("cockpit/<str:part>/export/", board.export, name="board_export"),
    path("cockpit/export/", cockpit.export, name="cockpit_export"),
]
