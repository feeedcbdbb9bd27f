"""Finding: two-character words, everyday words, pinyin, both languages, only what is public, marked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.search import queries
from jingkai.kernel.search.api import Entry, find, index, index_many, remove, seed_synonyms, segment, suggest
from jingkai.kernel.search.models import SearchDocument, SearchSynonym
from jingkai.kernel.search.rules.words import as_query, as_vector, excerpt, highlight, query_words

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

PACKAGE = Entry(
    kind="approvals.package",
    object_id=1,
    title="施工许可阶段并联办理",
    title_en="Construction permit stage, handled jointly",
    body="特殊建设工程消防设计审查、人防工程审查、质量安全监督手续一次申请、并联办理。",
    body_en="Fire design review, civil air defence review and quality supervision in one application.",
    url="/services/1",
    is_public=True,
    weight=3,
)
TAX = Entry(
    kind="policies.policy", object_id=7, title="出口退税便利化措施", url="/policies/7", is_public=True
)
SUBSIDY = Entry(
    kind="policies.policy", object_id=8, title="高新技术企业补贴办法", url="/policies/8", is_public=True
)
INSIDE = Entry(kind="cases.case", object_id=9, title="施工许可内部审查意见", url="/cases/9")


@pytest.fixture
def filled(db):
    index_many([PACKAGE, TAX, SUBSIDY, INSIDE], at=AT)


def titles(query, **options):
    return [hit.object_id for hit in find(query, **options).hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("施工许可", [1]),
        ("施工", [1]),
        ("许可", [1]),
        ("退税", [7]),
        ("高新 补贴", [8]),
        ("消防设计审查", [1]),
        ("人防", [1]),
        ("construction permit", [1]),
        ("PERMIT", [1]),
        ("Constr", [1]),
        ("施工许可怎么办", [1]),
        ("ｐｅｒｍｉｔ", [1]),
        ("sgxk", [1]),
        ("shigongxuke", [1]),
        ("cktsbl", [7]),
        ("不存在的词汇", []),
        ("", []),
        ("，。！", []),
    ],
)
def test_things_are_found_by_what_people_type(filled, query, expected):
    assert titles(query) == expected


def test_every_word_goes_before_some_words(filled):
    assert titles("高新 退税") in ([7, 8], [8, 7])
    assert find("高新 退税").is_relaxed
    assert not find("高新 补贴").is_relaxed


def test_everyday_words_find_the_official_ones(filled):
    assert titles("盖房子") == []
    seed_synonyms()
    found = find("盖房子需要什么")
    assert [hit.object_id for hit in found.hits] == [1]
    assert found.meant == ("施工许可",)


def test_seeding_leaves_the_zones_own_words_alone(db):
    SearchSynonym.objects.create(word="盖房", official="规划许可")
    seed_synonyms()
    seed_synonyms()
    assert SearchSynonym.objects.get(word="盖房").official == "规划许可"
    assert SearchSynonym.objects.filter(word="营业执照").count() == 1


def test_only_what_is_public_is_shown_to_visitors(filled):
    assert titles("施工") == [1]
    assert set(titles("施工", public_only=False)) == {1, 9}
    assert 9 not in titles("sgxknb")


def test_kinds_narrow(filled):
    assert titles("退税 补贴", kinds=["approvals.package"]) == []
    assert find("施工", public_only=False).kinds == ("approvals.package", "cases.case")


def test_a_word_in_the_title_goes_before_one_in_the_text(db):
    text = Entry(kind="a.b", object_id=2, title="其他事项", body="施工许可", url="/2", is_public=True)
    index_many([text, PACKAGE], at=AT)
    assert titles("施工许可") == [1, 2]


def test_a_thing_is_indexed_once_and_brought_up_to_date(filled):
    index(Entry(kind="policies.policy", object_id=7, title="留抵退款", url="/x", is_public=True), at=AT)
    assert titles("退税") == []
    assert titles("留抵") == [7]
    remove("policies.policy", 7)
    assert titles("留抵") == []
    assert SearchDocument.objects.count() == 3


def test_words_found_are_marked_and_everything_else_is_escaped(db):
    index(
        Entry(
            kind="a.b",
            object_id=1,
            title="<b>施工</b>许可",
            body="<script>许可</script>",
            url="/",
            is_public=True,
        ),
        at=AT,
    )
    hit = find("许可").hits[0]
    assert hit.marked_title == "&lt;b&gt;施工&lt;/b&gt;<mark>许可</mark>"
    assert "<script>" not in hit.excerpt
    assert "<mark>许可</mark>" in hit.excerpt


def test_titles_follow_the_language(filled):
    with translation.override("en"):
        assert find("施工").hits[0].title == "Construction permit stage, handled jointly"
        assert "Fire design" in find("施工").hits[0].excerpt
    with translation.override("zh-hans"):
        assert find("permit").hits[0].title == "施工许可阶段并联办理"


def test_too_many_hits_are_not_ranked_and_it_is_said(db, monkeypatch):
    monkeypatch.setattr(queries, "RANKED", 5)
    index_many(
        [Entry(kind="a.b", object_id=n, title="施工", url="/", is_public=True) for n in range(9)], at=AT
    )
    found = find("施工", limit=3)
    assert (found.count, found.more, found.is_ranked, len(found.hits)) == (5, True, False, 3)


def test_suggestions_come_by_characters_and_by_sound(filled):
    assert suggest("施工") == ["施工许可阶段并联办理"]
    assert suggest("许可") == ["施工许可阶段并联办理"]
    assert suggest("sgx") == ["施工许可阶段并联办理"]
    assert suggest("chuko") == ["出口退税便利化措施"]
    assert suggest("%") == []
    assert suggest("") == []


def test_long_text_fits_into_the_index(db):
    body = "".join(f"词{number}施工许可 " for number in range(30_000))
    index(Entry(kind="a.b", object_id=1, title="长", body=body, url="/", is_public=True), at=AT)
    assert titles("施工许可") == [1]


def test_segment_gives_words_with_spaces():
    assert segment("施工许可，退税！") == "施工 许可 退税"
    assert query_words("我想办施工许可") == ["办", "施工", "许可"]
    assert query_words("怎么") == ["怎么"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_marking_changes_nothing_but_adds_marks(text, query):
    marked = highlight(text, query_words(query))
    from html import unescape

    bare = marked.replace("<mark>", "").replace("</mark>", "")
    assert unescape(bare) == text
    excerpt(text, query_words(query))


@pytest.mark.django_db
@given(st.text(max_size=80))
def test_any_query_is_answered(query):
    from django.db import connection

    find(query)
    suggest(query)
    words = query_words(query)
    if words:
        with connection.cursor() as cursor:
            values = [as_vector({"A": words}), as_query([words]), as_query([words], every=False)]
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery, %s::tsquery IS NOT NULL", values)
            assert cursor.fetchone() == (True, True)
