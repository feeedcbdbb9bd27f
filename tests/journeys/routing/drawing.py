"""The flow of the story, 重大事项会签, in two versions: with its picture, as a modeler would export it."""

from __future__ import annotations

from xml.etree import ElementTree

from jingkai.casework.flow.testing import bpmn

KEY = "joint-decision"
NAME, NAME_EN = "重大事项会签", "Joint decision"

FIRST = """
    start > apply > check > head > fork
    fork > legal > join
    fork > sign > join
    join > leader > record > end
    start: name=开始 nameEn=Start
    apply: name=填写事项 nameEn="Fill in the matter" outcomes="submit=提交|Submit"
    check: name=业务审核 nameEn="Technical check" pool=role:unit_head@fire outcomes=agree
    head: name=部门负责人审核 nameEn="Head of department" pool=role:unit_head@fire
    head: outcomes=agree skipSame=true
    fork: name=
    legal: name=合法性审核 nameEn="Legal review" pool=unit:approval outcomes=agree,object
    sign: name=部门会签 nameEn=Countersigning
    sign: each=role:officer@fire,role:officer@quality,role:officer@airdefence
    sign: outcomes=agree,object pass=2/3 passing=agree
    join: name=
    leader: name=分管领导审批 nameEn="Leader in charge" pool=role:signer outcomes=agree
    leader: timeout="1wd remind, 2wd escalate"
    record: name=归档登记 nameEn=Filing pool=unit:approval outcomes="done=办结|Done"
    end: name=办结 nameEn=Closed outcome=agree
"""
SECOND = FIRST.replace("leader > record > end", "leader > publish > archive > end").replace(
    "    record: name=归档登记",
    '    publish: name=印发通知 nameEn="Send out" pool=unit:approval outcomes="done=已印发|Sent"\n'
    "    archive: name=归档立卷",
)
"""The leader's decision is sent out before it is filed; filing is another step now."""

_PLACES = {
    "start": (60, 150),
    "apply": (140, 128),
    "check": (300, 128),
    "head": (460, 128),
    "fork": (620, 143),
    "legal": (710, 40),
    "sign": (710, 216),
    "join": (870, 143),
    "leader": (960, 128),
    "record": (1120, 128),
    "publish": (1120, 128),
    "archive": (1280, 128),
    "end": (1440, 150),
}
_WHOLE = 'isExecutable="true" jk:resubmit="true" jk:limit="office_matter"'
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_NAMESPACES = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)


def drawn(text: str) -> str:
    """Give a version of the flow as a BPMN file with its diagram."""
    file = bpmn(KEY, text, name=NAME).decode().replace("Test flow", NAME_EN)
    file = file.replace("<process ", f"<process {_WHOLE} ", 1)
    process = ElementTree.fromstring(file).find(f"{_BPMN}process")
    assert process is not None
    boxes = {node.attrib["id"]: _box(node) for node in process if node.tag != f"{_BPMN}sequenceFlow"}
    shapes = [
        f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}"><dc:Bounds x="{x}" y="{y}" width="{w}" '
        f'height="{h}"/></bpmndi:BPMNShape>'
        for node, (x, y, w, h) in boxes.items()
    ]
    edges = [
        _edge(arrow.attrib["id"], boxes[arrow.attrib["sourceRef"]], boxes[arrow.attrib["targetRef"]])
        for arrow in process.iter(f"{_BPMN}sequenceFlow")
    ]
    picture = (
        f'<bpmndi:BPMNDiagram {_NAMESPACES} id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{KEY}">'
        f"{''.join(shapes + edges)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    return file.replace("</definitions>", f"{picture}</definitions>")


Box = tuple[int, int, int, int]


def _box(node: ElementTree.Element) -> Box:
    kind, name = node.tag.removeprefix(_BPMN), node.attrib["id"]
    x, y = _PLACES[name]
    size = {"userTask": (120, 80), "parallelGateway": (50, 50)}.get(kind, (36, 36))
    return (x, y, *size)


def _edge(name: str, source: Box, target: Box) -> str:
    """From a fork down or up and then right; else straight on."""
    (sx, sy, sw, sh), (tx, ty, tw, th) = source, target
    start, end = (sx + sw, sy + sh // 2), (tx, ty + th // 2)
    points = [start, end]
    if abs(start[1] - end[1]) > 5:
        forks = sw == 50
        points = [(sx + sw // 2, end[1]), end] if forks else [start, (tx + tw // 2, start[1])]
        points = (
            [(sx + sw // 2, sy + (sh if end[1] > sy else 0)), *points]
            if forks
            else [
                *points,
                (tx + tw // 2, ty + (th if start[1] > ty else 0)),
            ]
        )
    dots = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}">{dots}</bpmndi:BPMNEdge>'
