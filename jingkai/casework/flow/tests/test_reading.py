"""Tests of reading files from an untrusted hand."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.flow.api import lint
from jingkai.casework.flow.data import FaultCode as Code
from jingkai.casework.flow.rules import MAX_BYTES, MAX_NODES
from jingkai.casework.flow.testing import HEAD, bpmn

GOOD = bpmn("p", "start > a > end")

BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&lol3;</definitions>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="&x;"/></definitions>"""
PARAMETER = (
    b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:1/evil.dtd"> %x;]><d/>"""
)


def codes(content: bytes) -> list[tuple[str, Code]]:
    return [(fault.element, fault.code) for fault in lint(content)]


@pytest.mark.parametrize("attack", [BILLION_LAUGHS, EXTERNAL, PARAMETER, b"<!DOCTYPE d><d/>"])
def test_reading_refuses_entities(attack):
    assert codes(attack) == [("-", Code.ENTITIES)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"\x00\x01\x02",
        b"\x89PNG\r\n",
        GOOD[:-5],
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        "<a>".encode("utf-16") + b"x",
        b"<a" * 10_000,
    ],
)
def test_reading_refuses_what_is_no_xml(content):
    assert codes(content) == [("-", Code.NOT_XML)]


def test_reading_refuses_other_xml():
    assert codes(b"<html/>") == [("-", Code.NOT_BPMN)]
    assert codes(b'<definitions xmlns="urn:other"/>') == [("-", Code.NOT_BPMN)]
    assert codes(f"{HEAD}</definitions>".encode()) == [("-", Code.NO_PROCESS)]
    two = f'{HEAD}<process id="one"/><process id="two"/></definitions>'
    assert codes(two.encode()) == [("two", Code.SEVERAL_PROCESSES)]


def test_reading_refuses_a_large_file_at_once():
    assert codes(GOOD + b" " * MAX_BYTES) == [("-", Code.TOO_LARGE)]


def test_reading_refuses_5000_nodes_quickly():
    text = "start > " + " > ".join(f"t{number}" for number in range(5000)) + " > end"
    drawing = bpmn("big", text)
    began = time.process_time()
    assert codes(drawing) == [("big", Code.TOO_MANY_NODES)]
    assert time.process_time() - began < 2


def test_reading_accepts_the_most_nodes():
    text = "start > " + " > ".join(f"t{number}" for number in range(MAX_NODES - 2)) + " > end"
    began = time.process_time()
    assert codes(bpmn("big", text)) == []
    assert time.process_time() - began < 2


def test_reading_survives_deep_nesting():
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert codes(deep)[0][1] in (Code.NOT_XML, Code.NOT_BPMN)


def test_reading_wants_an_id_of_its_own_everywhere():
    assert codes(GOOD.replace(b'<userTask id="a"', b"<userTask")) == [("-", Code.MISSING_ID)]
    twice = GOOD.replace(b'<endEvent id="end"', b'<endEvent id="a"')
    assert codes(twice) == [("a", Code.DUPLICATE_ID)]
    odd = GOOD.replace(b'id="a"', b'id="a/b"').replace(b'Ref="a"', b'Ref="a/b"')
    assert codes(odd) == [("a/b", Code.BAD_ID)]
    colon = GOOD.replace(b'id="a"', b'id="a:b"').replace(b'Ref="a"', b'Ref="a:b"')
    assert codes(colon) == [("a:b", Code.BAD_ID)]


def test_reading_names_a_loose_arrow():
    assert ("f1", Code.LOOSE_FLOW) in codes(GOOD.replace(b'targetRef="end"', b'targetRef="nowhere"'))


def test_reading_ignores_pictures_and_notes():
    extra = (
        b'<textAnnotation id="note"><text>x</text></textAnnotation></process>'
        b'<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI" id="d"/>'
    )
    assert codes(GOOD.replace(b"</process>", extra)) == []


@given(st.binary(max_size=300), st.integers(0, len(GOOD)))
def test_reading_survives_any_bytes(noise, place):
    lint(GOOD[:place] + noise + GOOD[place:])
    lint(noise)
