"""Addresses of the search's pages."""

from django.urls import path

from jingkai.kernel.search.web import views

urlpatterns = [
    path("search", views.search, name="search"),
    path("search/suggest", views.suggestions, name="search_suggest"),
    path("system/search-words", views.words, name="search_words"),
    path("system/search-words/add", views.add_word, name="search_word_add"),
    path("system/search-words/<uuid:uuid>/remove", views.remove_word, name="search_word_remove"),
]
