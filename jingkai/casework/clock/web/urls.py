"""The pages of clocks."""

from django.urls import path

from jingkai.casework.clock.web import cards, extending, moves

app_name = "clock"

urlpatterns = [
    path("clocks/moves/<uuid:uuid>", moves.moves, name="moves"),
    path("clocks/moves/<uuid:uuid>/progress", moves.progress, name="progress"),
    path("clocks/<uuid:uuid>/extend", extending.extend, name="extend"),
    path("clocks/cards", cards.cards, name="cards"),
    path("clocks/cards.xlsx", cards.export, name="cards_export"),
    path("clocks/cards/<uuid:uuid>", cards.card, name="card"),
    path("clocks/cards/<uuid:uuid>/appeal", cards.appeal, name="appeal"),
    path("clocks/cards/<uuid:uuid>/decide", cards.decide, name="decide"),
]
