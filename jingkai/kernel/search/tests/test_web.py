"""The search page for visitors, and the editor of everyday words."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from django.conf import settings

from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.permissions.testing import resolving
from jingkai.kernel.search.api import Entry, index_many
from jingkai.kernel.search.models import SearchSynonym

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(db):
    rows = [Entry(kind="a.b", object_id=n, title=f"施工许可{n}", url="/x", is_public=True) for n in range(45)]
    index_many([*rows, Entry(kind="a.c", object_id=1, title="内部施工", url="/in", is_public=False)], at=AT)


@pytest.fixture
def log_in(client, django_user_model):
    """Log somebody in as an officer with these rights."""

    with ExitStack() as stack:

        def enter(*rights):
            user = django_user_model.objects.create(username="officer")
            actor = Actor(1, user.pk, "编辑", "staff", frozenset(rights))
            stack.enter_context(resolving(lambda _user, _on: actor))
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return client

        yield enter


def test_a_visitor_searches_and_pages(client, filled):
    page = client.get("/search", {"q": "施工许可"})
    assert len(page.context["found"].hits) == 20
    assert "<mark>施工许可</mark>" in page.content.decode()
    assert "内部施工" not in page.content.decode()
    third = client.get("/search", {"q": "施工许可", "page": 3})
    assert len(third.context["found"].hits) == 5
    assert third.context["pager"].older_url == ""


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=<script>alert(1)</script>",
        "q=x&page=-1",
        "q=x&page=999999",
        f"q={'长' * 5000}",
        "q='%20|%20!%20(",
        "page=²",
    ],
)
def test_any_address_is_answered(client, filled, query):
    page = client.get(f"/search?{query}")
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_nothing_found_says_what_to_do(client, filled):
    assert "sgxk" in client.get("/search", {"q": "不存在的东西"}).content.decode()


def test_suggestions_are_given_as_one_types(client, filled):
    assert "施工许可0" in client.get("/search/suggest", {"q": "施工许"}).json()["titles"]
    assert client.get("/search/suggest", {"q": "内部"}).json()["titles"] == []
    options = client.get("/search/suggest", {"q": "施工许"}, headers={"HX-Request": "true"})
    assert '<option value="施工许可0"></option>' in options.content.decode()


def test_officers_also_find_what_is_not_public(log_in, filled):
    assert "<mark>内部</mark>施工" in log_in().get("/search", {"q": "内部"}).content.decode()


def test_everyday_words_are_for_their_editors(client, log_in):
    assert client.get("/system/search-words").status_code == 302
    assert log_in().get("/system/search-words").status_code == 403


def _form(client, **fields):
    page = client.get("/system/search-words").content.decode()
    return {"_once": re.search(r'name="_once" value="([^"]+)"', page)[1], **fields}


def test_an_everyday_word_is_added_once_and_removed(log_in):
    editor = log_in("search.manage_words")
    form = _form(editor, word="盖楼", official="施工许可")
    assert editor.post("/system/search-words/add", form).status_code == 302
    assert editor.post("/system/search-words/add", form).status_code == 302
    assert SearchSynonym.objects.count() == 1
    again = editor.post("/system/search-words/add", _form(editor, word="盖楼", official="别的"))
    assert again.status_code == 422
    assert "盖楼" in again.content.decode()
    row = SearchSynonym.objects.get()
    editor.post(f"/system/search-words/{row.uuid}/remove", _form(editor))
    assert not SearchSynonym.objects.exists()
