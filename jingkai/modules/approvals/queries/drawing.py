"""The drawing (BPMN) of a package, made from its items and conditions: one case, one branch for each.

Every item has a branch of its own between the acceptance and the end: it waits for its turn, is reviewed,
signed and sealed; a conditional result waits for its condition; an entrusting department reissues it. A
condition has a branch too: it waits for the document, the window checks it, the custodian turns the results
formal. The engine's own checks apply to the drawing as to any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import quoteattr

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:jk="urn:jingkai:bpmn:1"'
)
SIZES = {
    "userTask": (120, 60),
    "startEvent": (36, 36),
    "endEvent": (36, 36),
    "intermediateCatchEvent": (36, 36),
}
COLUMN, ROW, TOP, LEFT = 170, 100, 220, 60
ACCEPT = "accept=受理|Accept, correct=一次性告知补正|Ask for corrections, refuse=不予受理|Do not accept"


@dataclass(frozen=True)
class DrawnItem:
    """What the drawing needs to know of an item."""

    branch: str
    name: str
    name_en: str
    unit: str
    conditional: bool = False
    reissuer: str = ""


@dataclass(frozen=True)
class DrawnCondition:
    """What the drawing needs to know of a condition."""

    code: str
    name: str
    name_en: str


@dataclass
class _Sheet:
    """A drawing under way: nodes with their places, arrows between them."""

    nodes: dict[str, tuple[str, str, float, float]] = field(default_factory=dict)
    arrows: list[tuple[str, str, str, str]] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)

    def put(self, kind: str, name: str, column: float, row: float, /, inner: str = "", **said: str) -> str:
        """Add one node; `said` are its attributes, `jk_…` those of the product."""
        words = "".join(
            f" {key.replace('jk_', 'jk:')}={quoteattr(text)}" for key, text in said.items() if text
        )
        self.nodes[name] = (kind, words + ">" + inner, column, row)
        return name

    def join(self, *names: str, when: str = "", default: bool = False) -> None:
        """Draw arrows along a chain of nodes; a condition or the default belongs to the first arrow."""
        for index, (source, target) in enumerate(pairwise(names)):
            arrow = f"f{len(self.arrows) + 1}"
            self.arrows.append((arrow, source, target, when if index == 0 else ""))
            if default and index == 0:
                self.defaults[source] = arrow

    def text(self, key: str, name: str, name_en: str) -> bytes:
        """The whole drawing as a file."""
        process = "".join(self._node(one) for one in self.nodes) + "".join(map(_arrow, self.arrows))
        places = "".join(self._shape(one) for one in self.nodes) + "".join(map(self._edge, self.arrows))
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions {NAMESPACES} id="{key}-definitions" '
            f'targetNamespace="urn:jingkai:flows"><bpmn:process id="{key}" name={quoteattr(name)} '
            f'jk:nameEn={quoteattr(name_en)} isExecutable="true" jk:variables="{self._variables()}">{process}'
            f'</bpmn:process><bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" '
            f'bpmnElement="{key}">{places}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>'
        ).encode()

    def _variables(self) -> str:
        branches = [name[2:] for name in self.nodes if name.startswith("w_")]
        conditions = [name[2:] for name in self.nodes if name.startswith("v_")]
        return ", ".join([f"o_{one}" for one in branches] + [f"c_{one}" for one in conditions])

    def _node(self, name: str) -> str:
        kind, words, _column, _row = self.nodes[name]
        default = f' default="{self.defaults[name]}"' if name in self.defaults else ""
        ways = "".join(f"<bpmn:incoming>{one[0]}</bpmn:incoming>" for one in self.arrows if one[2] == name)
        ways += "".join(f"<bpmn:outgoing>{one[0]}</bpmn:outgoing>" for one in self.arrows if one[1] == name)
        said, _mark, inner = words.partition(">")
        return f'<bpmn:{kind} id="{name}"{said}{default}>{ways}{inner}</bpmn:{kind}>'

    def _box(self, name: str) -> tuple[float, float, int, int]:
        kind, _words, column, row = self.nodes[name]
        width, height = SIZES.get(kind, (50, 50))
        return LEFT + column * COLUMN - width / 2, TOP + row * ROW - height / 2, width, height

    def _shape(self, name: str) -> str:
        x, y, width, height = self._box(name)
        bounds = f'<dc:Bounds x="{x:g}" y="{y:g}" width="{width}" height="{height}"/>'
        return f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">{bounds}</bpmndi:BPMNShape>'

    def _edge(self, arrow: tuple[str, str, str, str]) -> str:
        name, source, target, _when = arrow
        (x1, y1, w1, h1), (x2, y2, w2, h2) = self._box(source), self._box(target)
        begin, end = (x1 + w1, y1 + h1 / 2), (x2, y2 + h2 / 2)
        if x2 <= x1:
            begin, end = (x1 + w1 / 2, y1), (x2 + w2 / 2, y2)
        middle = (begin[0] + end[0]) / 2 if x2 > x1 else begin[0]
        bends = [begin, (middle, begin[1]), (middle, end[1]), end]
        if x2 <= x1:
            bends = [begin, (begin[0], min(y1, y2) - 12), (end[0], min(y1, y2) - 12), end]
        points = "".join(f'<di:waypoint x="{x:g}" y="{y:g}"/>' for x, y in bends)
        return f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}">{points}</bpmndi:BPMNEdge>'


def _arrow(arrow: tuple[str, str, str, str]) -> str:
    name, source, target, when = arrow
    body = f"<bpmn:conditionExpression>{when}</bpmn:conditionExpression>" if when else ""
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{body}</bpmn:sequenceFlow>'
    )


def variable(branch: str) -> str:
    """The name under which a branch's outcome is kept in the case."""
    return "o_" + branch.replace("-", "_")


def condition_variable(code: str) -> str:
    """The name under which a condition's outcome is kept in the case."""
    return "c_" + code.replace("-", "_")


def draw(
    *, key: str, name: str, name_en: str, items: Sequence[DrawnItem], conditions: Sequence[DrawnCondition]
) -> bytes:
    """Draw a package: acceptance, one branch for each item and each condition, the end.

    A single item has no branches: it stands between the acceptance and the end.
    """
    sheet = _Sheet()
    _acceptance(sheet)
    sheet.put("endEvent", "end", 11, 0, name="全部办结", jk_nameEn="All done")
    if len(items) == 1 and not conditions:
        sheet.join("accepted_gate", f"w_{_plain(items[0].branch)}", when='outcome == "accept"')
        _item(sheet, items[0], 0, begin="", over="end")
        return sheet.text(key, name, name_en)
    sheet.put("parallelGateway", "fork", 3, 0)
    sheet.put("parallelGateway", "join", 10, 0)
    sheet.join("accepted_gate", "fork", when='outcome == "accept"')
    for row, item in enumerate(items):
        _item(sheet, item, row)
    for row, condition in enumerate(conditions, start=len(items)):
        _condition(sheet, condition, row)
    sheet.join("join", "end")
    return sheet.text(key, name, name_en)


def _plain(branch: str) -> str:
    """A branch as it stands in the names of nodes."""
    return branch.replace("-", "_")


def _acceptance(sheet: _Sheet) -> None:
    sheet.put("startEvent", "start", 0, 0, name="提交申请", jk_nameEn="Application")
    sheet.put(
        "userTask", "accept", 1, 0,
        name="受理审查", jk_nameEn="Check and accept", jk_pool="role:clerk@approval", jk_outcomes=ACCEPT,
        jk_binding="accept", jk_form="approvals.accept", jk_clock="acceptance",
    )  # fmt: skip
    sheet.put("exclusiveGateway", "accepted_gate", 2, 0, name="是否受理", jk_nameEn="Accepted?")
    sheet.put(
        "userTask", "supplement", 1, 1.4,
        name="补正材料", jk_nameEn="Supply corrections", jk_pool="applicant",
        jk_outcomes="supplied=已补正|Supplied", jk_form="approvals.supplement",
    )  # fmt: skip
    sheet.put("endEvent", "refused", 2, -1, name="不予受理", jk_nameEn="Refused")
    sheet.join("start", "accept", "accepted_gate")
    sheet.join("accepted_gate", "supplement", when='outcome == "correct"')
    sheet.join("accepted_gate", "refused", default=True)
    sheet.join("supplement", "accept")


def _catch(
    sheet: _Sheet, node: str, message: str, column: float, row: float, name: str, name_en: str
) -> None:
    sheet.put(
        "intermediateCatchEvent", node, column, row,
        inner=f'<bpmn:messageEventDefinition id="{node}_message"/>',
        name=name, jk_nameEn=name_en, jk_waitsFor=message,
    )  # fmt: skip


def _item(sheet: _Sheet, item: DrawnItem, row: int, *, begin: str = "fork", over: str = "join") -> None:
    code = _plain(item.branch)
    kept, common = variable(item.branch), {"jk_clock": item.branch, "jk_branch": item.branch}
    wait, dropped, review, sign, signed, seal, end = (f"{part}_{code}" for part in "wdrsgke")
    begins = f"等待启动：{item.name}", f"Waiting for its turn: {item.name_en}"
    _catch(sheet, wait, f"start:{item.branch}", 4, row, *begins)
    sheet.put("exclusiveGateway", dropped, 4.6, row, name="是否办理", jk_nameEn="To be done?")
    sheet.put(
        "userTask", review, 5.5, row, name=item.name, jk_nameEn=item.name_en,
        jk_pool=f"role:officer@{item.unit}", jk_outcomes="agree=同意|Agree, object=不同意|Do not agree",
        jk_form="approvals.item", **common,
    )  # fmt: skip
    outcomes = "sign=签发|Sign, return=退回重审|Return"
    sheet.put(
        "userTask", sign, 6.5, row, name=f"签发：{item.name}", jk_nameEn=f"Sign: {item.name_en}",
        jk_pool="role:signer", jk_phone="true", jk_form="approvals.item_sign", jk_outcomeAs=kept,
        jk_outcomes=f"{outcomes}, simulate=出具模拟审批意见|Issue the conditional result", **common,
    )  # fmt: skip
    sheet.put("exclusiveGateway", signed, 7.3, row, name="是否签发", jk_nameEn="Signed?")
    sheet.put(
        "userTask", seal, 8.1, row, name=f"用印：{item.name}", jk_nameEn=f"Seal: {item.name_en}",
        jk_pool="role:custodian", jk_form="approvals.item_seal", jk_outcomeAs=kept,
        jk_outcomes="sealed=已用印|Sealed, denied=不予许可决定已用印|Denial sealed", **common,
    )  # fmt: skip
    sheet.put("exclusiveGateway", end, 8.8, row)
    sheet.join(*filter(None, (begin, wait, dropped)))
    sheet.join(dropped, end, when=f"{kept} == 'dropped'")
    sheet.join(dropped, review, sign, signed, default=True)
    sheet.join(signed, review, when="outcome == 'return'")
    if item.conditional:
        turn = f"m_{code}"
        formal = f"等待转为正式：{item.name}", f"Waiting to turn formal: {item.name_en}"
        _catch(sheet, turn, f"formal:{item.branch}", 8.1, row + 0.45, *formal)
        sheet.join(signed, turn, end, when="outcome == 'simulate'")
    sheet.join(signed, seal, end, default=True)
    _reissue(sheet, item, row, end, kept) if item.reissuer else sheet.join(end, over)


def _reissue(sheet: _Sheet, item: DrawnItem, row: int, end: str, kept: str) -> None:
    code = _plain(item.branch)
    reissue, through = f"x_{code}", f"y_{code}"
    # Paths meet in one gateway and part in the next: a sign between two, each with one job.
    sheet.put(
        "userTask", reissue, 9.3, row + 0.45,
        name=f"见文换文：{item.name}", jk_nameEn=f"Reissue: {item.name_en}",
        jk_pool=f"role:county_officer@{item.reissuer}", jk_outcomes="reissued=已换文|Reissued",
        jk_form="approvals.reissue", jk_clock=f"reissue-{item.branch}"[:40], jk_branch=item.branch,
    )  # fmt: skip
    sheet.put("exclusiveGateway", through, 9.6, row)
    sheet.join(end, reissue, through, when=f"{kept} in ('sealed', 'formal')")
    sheet.join(end, through, default=True)
    sheet.join(through, "join")


def _condition(sheet: _Sheet, condition: DrawnCondition, row: int) -> None:
    code = condition.code.replace("-", "_")
    kept = condition_variable(condition.code)
    wait, gate, check, checked, turn, end = (
        f"{part}_{code}" for part in ("v", "u", "check", "checked", "turn", "over")
    )
    _catch(
        sheet,
        wait,
        f"document:{condition.code}",
        4,
        row,
        f"等待{condition.name}",
        f"Waiting: {condition.name_en}",
    )
    sheet.put("exclusiveGateway", gate, 4.6, row, name="是否需要", jk_nameEn="Needed?")
    sheet.put(
        "userTask", check, 5.5, row, name=f"核对{condition.name}", jk_nameEn=f"Check: {condition.name_en}",
        jk_pool="role:clerk@approval", jk_outcomes="met=条件已满足|Met, wrong=材料不符|Wrong document",
        jk_form="approvals.check_condition", jk_clock=f"turning-{condition.code}"[:40],
    )  # fmt: skip
    sheet.put("exclusiveGateway", checked, 6.4, row, name="是否满足", jk_nameEn="Met?")
    sheet.put(
        "userTask", turn, 7.4, row, name="模拟审批转正用印", jk_nameEn="Turn conditional results formal",
        jk_pool="role:custodian", jk_outcomes="turned=已转正|Turned formal", jk_form="approvals.turn",
        jk_clock=f"turning-{condition.code}"[:40],
    )  # fmt: skip
    sheet.put("exclusiveGateway", end, 8.8, row)
    sheet.join("fork", wait, gate)
    sheet.join(gate, end, when=f"{kept} in ('lapsed', 'unneeded')")
    sheet.join(gate, check, checked, default=True)
    sheet.join(checked, wait, when="outcome == 'wrong'")
    sheet.join(checked, turn, end, default=True)
    sheet.join(end, "join")
