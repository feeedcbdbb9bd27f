"""Sources of law as readers of either language know them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.utils.translation import override

import jingkai
from jingkai.kernel.rules.rules.laws import cited, in_english, number

LICENSING = "Administrative Licensing Law"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("中华人民共和国行政许可法第四十二条", f"{LICENSING}, art. 42"),
        ("《中华人民共和国行政许可法》第三十二条第一款第（四）项", f"{LICENSING}, art. 32(1)(4)"),
        ("行政许可法第四十二条第二款、第四十三条和第一百零一条", f"{LICENSING}, art. 42(2), 43 and 101"),
        ("政府投资条例第九条至第十一条", "Government Investment Regulation, art. 9 to 11"),
        ("公路法第十条之一", "Highway Law, art. 10-1"),
        ("有关法律、行政法规", "The laws and administrative regulations concerned"),
        (
            "建设工程消防设计审查验收管理暂行规定（住房和城乡建设部令第51号）第二十二条",
            "Interim Provisions on Fire-Safety Design Review and Acceptance of Construction Projects"
            " (MOHURD order no. 51), art. 22",
        ),
        ("本省某条例第三条", ""),
        ("行政许可法第四十二条，经局长批准", ""),
        ("专家意见已经收到", ""),
        ("", ""),
    ],
)
def test_citation_is_put_into_english(text: str, english: str) -> None:
    """What is said beyond the article is never lost: such a text has no English, so it stays whole."""
    assert in_english(text) == english


def test_original_stands_beside_the_english() -> None:
    with override("en"):
        assert (
            cited("中华人民共和国建筑法", "第八条") == "Construction Law, art. 8 (中华人民共和国建筑法第八条)"
        )
        assert cited("本省某条例", "第三条") == "本省某条例第三条"
    with override("zh-hans"):
        assert cited("中华人民共和国建筑法", "第八条") == "中华人民共和国建筑法第八条"


@pytest.mark.parametrize(("words", "value"), [("九", 9), ("十", 10), ("二十二", 22), ("二百零三", 203)])
def test_articles_are_counted(words: str, value: int) -> None:
    assert number(words) == value


def test_every_limit_that_the_product_knows_has_a_law_with_an_english_name() -> None:
    """A limit that is added with another law needs that law's name too."""
    files = Path(jingkai.__file__).parent.glob("**/reference/**/*.toml")
    read = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    limits = [one for content in read for one in content.get("limit", ())]
    assert len(limits) > 20
    texts = {f"{one['source']}{one.get('article', '')}" for one in limits}
    assert [text for text in sorted(texts) if not in_english(text)] == []
