"""The guards of fields: what a page or a message masks or leaves out, and which fields a step may set.

A page that somebody may open need not show all that it could: numbers and names of people are masked, what
only some may see or do is left out, a step writes the fields of its form and no others. These guards stand
where the page is made, so they are found by what they call; a mutant is the same function without one of
them. As with the guards of things, it lives in this process alone.
"""

from __future__ import annotations

import ast
import copy
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from tests.architecture.objects import (
    ACTORS,
    Guard,
    exchanged,
    module_of,
    noting,
    product_files,
)
from tests.architecture.tree import parsed

MASK = "mask_"
"""What shows a part of a name or number is called so."""
RIGHTS = "Right"
"""What a step may do with a field of a form."""
ASKED = ("may_", "sees_")
"""Functions that say whether a person may; `may` alone asks for a right."""
PAGES = ("web", "rest", "panels")
"""Where it is decided what is shown; what rules, queries and operations say are guards of things."""
FORMS = "jingkai.casework.forms."
"""Where the rights of steps are asked; others only tell of them."""
_INBOX, _WINDOWS = "jingkai.casework.inbox.web.", "jingkai.modules.windows.web."
_EXCHANGE, _FEDERATION = "jingkai.kernel.exchange.", "jingkai.kernel.federation.web.signing_in"
_NOTICES, _ENTERPRISES = "jingkai.kernel.notices.operations.", "jingkai.modules.enterprises.web."
ELSEWHERE: dict[tuple[str, str, str], str] = {
    ("jingkai.casework.clock.web.moves", "moves", "may(request.actor, MANAGE)"): (
        "jingkai/casework/clock/tests/test_runs.py::test_pages_show_progress_and_moves_to_whoever_may"
    ),
    ("jingkai.casework.forms.data", "Form.written_at", "self.right(one, node) is Right.WRITE"): (
        "jingkai/casework/forms/tests/test_pages.py::test_what_a_step_may_not_write_is_not_written"
    ),
    ("jingkai.casework.forms.data", "Form.shown_at", "self.right(one, node) is not Right.HIDDEN"): (
        "jingkai/casework/forms/tests/test_pages.py::test_what_a_step_may_not_write_is_not_written"
    ),
    **{
        (f"{_INBOX}shown.people", *guard): (
            "jingkai/casework/inbox/tests/test_case.py::test_who_deals_with_the_zone_is_named_by_one_character"
        )
        for guard in (
            ("applicant_name", "mask_name(party.name)"),
            ("actor_name", "mask_name(line.who)"),
            ("person_of", "mask_name(party.name)"),
        )
    },
    (f"{_INBOX}shown.journey", "_asked", "mask_name(line['name'] or '')"): (
        "jingkai/casework/inbox/tests/test_case.py::test_who_deals_with_the_zone_is_named_by_one_character"
    ),
    (f"{_INBOX}cockpit", "_may_see", "may(request.actor, tile.permission)"): (
        "jingkai/casework/inbox/tests/test_case.py::test_sections_and_tiles_are_for_whoever_holds_their_right"
    ),
    (f"{_INBOX}shown.panels", "module_sections", "may(request.actor, tab.permission)"): (
        "jingkai/casework/inbox/tests/test_case.py::test_sections_and_tiles_are_for_whoever_holds_their_right"
    ),
    ("jingkai.kernel.accounts.web.own", "_sections", "may(request.actor, section.permission)"): (
        "jingkai/kernel/accounts/tests/test_own.py::test_a_section_is_for_whoever_holds_its_right"
    ),
    ("jingkai.kernel.accounts.web.people", "edit_person", "mask_phone(row.phone)"): (
        "jingkai/kernel/accounts/tests/test_web.py::test_stale_person_form_is_told_and_can_be_saved"
    ),
    ("jingkai.kernel.accounts.web.people", "edit_person", "mask_email(row.email)"): (
        "jingkai/kernel/accounts/tests/test_web.py::test_stale_person_form_is_told_and_can_be_saved"
    ),
    **{
        (f"{_EXCHANGE}queries.journal", *guard): (
            "jingkai/kernel/exchange/tests/test_journal.py::test_what_is_personal_is_masked_and_so_is_what_nobody_knows"
        )
        for guard in (
            ("_shown", "mask_identity(text)"),
            ("MASKS", "name: mask_name"),
            ("MASKS", "phone: mask_phone"),
            ("MASKS", "identity: mask_identity"),
            ("MASKS", "code: mask_credit_code"),
        )
    },
    (f"{_EXCHANGE}web.journal", "exchange", "masked"): (
        "jingkai/kernel/exchange/tests/test_journal.py::test_without_a_way_it_is_copied_over_by_hand"
    ),
    **{
        (_FEDERATION, "_page", what): (
            "jingkai/kernel/federation/tests/test_arriving.py"
            "::test_the_first_log_in_makes_a_login_and_the_next_one_uses_it"
        )
        for what in ("mask_phone(identity.phone)", "mask_name(identity.name)")
    },
    (_FEDERATION, "_phone", "mask_phone(queries.identity_of_arrival(row).phone)"): (
        "jingkai/kernel/federation/tests/test_arriving.py::test_an_unproven_phone_needs_a_code"
    ),
    ("jingkai.kernel.health.operations", "_ways", "mask_email(to)"): (
        "jingkai/kernel/health/tests/test_watch.py::test_what_reached_nobody_is_told_at_the_next_look"
    ),
    **{
        ("jingkai.kernel.health.web.page", "alerts", what): (
            "jingkai/kernel/health/tests/test_watch.py"
            "::test_the_page_shows_who_is_told_and_what_was_told_last"
        )
        for what in ("mask_email(to)", "mask_phone(one)")
    },
    **{
        (f"{_NOTICES}deliver", "_send", what): (
            "jingkai/kernel/notices/tests/test_tell.py::test_messages_go_out_over_the_channels_of_the_kind"
        )
        for what in ("mask_phone(people[0].phone)", "mask_email(people[0].email)")
    },
    (f"{_NOTICES}phones", "_send", "mask_phone(check.phone)"): (
        "jingkai/kernel/notices/tests/test_phones.py::test_neither_code_nor_phone_stand_in_the_clear"
    ),
    ("jingkai.kernel.parties.queries", "list_representations", "mask_phone(row.person.phone)"): (
        "jingkai/kernel/parties/tests/test_operations.py::test_person_acts_once_in_a_role_and_ends_at_once"
    ),
    ("jingkai.kernel.rules.web.views", "_may_change", "may(request.actor, kind.keeper)"): (
        "jingkai/kernel/rules/tests/test_web.py::test_kind_of_another_administrator_is_read_only"
    ),
    ("jingkai.modules.approvals.web.apply", "_start", "rules.may_read_application(request.actor, one)"): (
        "jingkai/modules/approvals/tests/test_ageing.py::test_limited_rights_are_kept_in_lists_pages_and_acts"
    ),
    ("jingkai.modules.efficiency.web.forms", "FigureForm.__init__", "rules.sees_people(actor)"): (
        "jingkai/modules/efficiency/tests/test_pages.py::test_restricted_people_see_their_own_unit_only"
    ),
    (f"{_ENTERPRISES}registering", "prove_phone", "mask_phone(operations.phone_of(row))"): (
        "jingkai/modules/enterprises/tests/test_web.py::test_enterprise_registers_and_signs_in"
    ),
    (f"{_ENTERPRISES}registering", "join", "mask_phone(invitation.phone)"): (
        "jingkai/modules/enterprises/tests/test_web.py"
    ),
    ("jingkai.modules.evaluations.web.public", "_comment", "mask_name(one.enterprise.name)"): (
        "jingkai/modules/evaluations/tests/test_pages.py::test_public_sees_figures_and_only_cleared_comments"
    ),
    **{
        ("jingkai.modules.hotline.web.panels", "order_of_case", what): (
            "jingkai/modules/hotline/tests/test_opening.py"
            "::test_progress_and_answer_go_back_and_the_case_ends"
        )
        for what in ("mask_name(said['callerName'])", "mask_phone(said['callerPhone'])")
    },
    **{
        (f"{_WINDOWS}{module}", *guard): (
            "jingkai/modules/windows/tests/test_web.py"
            "::test_phones_of_visitors_are_masked_at_the_desk_and_on_lists"
        )
        for module, *guard in (
            ("board", "booked", "mask_phone(row.person.phone or '')"),
            ("board", "booked_export", "mask_phone(row.person.phone or '')"),
            ("desk", "_visit", "mask_phone(ticket.phone)"),
        )
    },
    (f"{_WINDOWS}booking", "_go_on", "mask_phone(given['phone'])"): (
        "jingkai/modules/windows/tests/test_web.py::test_visitor_books_with_the_phone_alone"
    ),
    (f"{_WINDOWS}handover", "sheet", "may(request.actor, PLAN)"): (
        "jingkai/modules/windows/tests/test_web.py::test_handed_over_page_is_for_the_two"
    ),
    ("jingkai.records.documents.queries", "_public_view", "mask_name(document.addressee_name)"): (
        "jingkai/records/documents/tests/test_public.py::test_a_valid_paper_is_shown_with_its_facts"
    ),
}
"""Guards that no page of the walk can miss, and the tests that notice them."""
WAYS: dict[tuple[str, str, str], str] = {
    ("jingkai.casework.clock.web.cards", "cards", "sees_all(request.actor)"): "clock:cards",
    ("jingkai.casework.clock.web.cards", "_form", "sees_all(request.actor)"): "clock:cards",
    **{
        ("jingkai.casework.clock.web.cards", "_page", what): page
        for what, page in (
            ("may_see_clock(request.actor, found.clock_id)", "inbox:case"),
            ("may_appeal(request.actor, found, timezone.localdate(request.at))", "clock:appeal"),
            ("may_decide(request.actor, found)", "clock:decide"),
        )
    },
    ("jingkai.casework.designer.web.moving", "_dry_run", "may(request.actor, cases.MANAGE_FLOWS)"): (
        "designer:migrate"
    ),
    (f"{_INBOX}leavers", "leaver", "may(request.actor, cases.MANAGE_TASKS)"): "inbox:leaver",
    (f"{_EXCHANGE}web.journal", "exchange", "may(request.actor, rules.WORK_EXCHANGE)"): "exchange:sheet",
    **{
        (f"jingkai.modules.approvals.web.{module}", *guard): page
        for module, page, *guard in (
            (
                "packages",
                "approvals:record_condition",
                "network_of_case",
                "rules.ACCEPT in request.actor.permissions",
            ),
            ("panels", "approvals:revoke", "facts_of_case", "rules.REVOKE in request.actor.permissions"),
            (
                "sealing",
                "approvals:seal_sheet",
                "request_of_case",
                "rules.SEE_SEAL_USE in request.actor.permissions",
            ),
        )
    },
    **{
        (
            "jingkai.modules.efficiency.web.reports",
            function,
            "rules.REPORT in request.actor.permissions",
        ): page
        for function, page in (("reports", "efficiency:reports"), ("report", "efficiency:issue"))
    },
    **{
        (f"jingkai.modules.enterprises.{module}", *guard): page
        for module, page, *guard in (
            ("panels", "enterprises:new_demand", "fees_of_case", "rules.CHARGE in request.actor.permissions"),
            (
                "web.fees.own",
                "enterprises:report_payment",
                "listing",
                "queries.may_act(request.actor, holder.pk, 'pay')",
            ),
            (
                "web.fees.own",
                "enterprises:report_payment",
                "statement",
                "queries.may_act(request.actor, row.enterprise_id, 'pay')",
            ),
            ("web.fees.staff", "enterprises:confirm_payment", "payment", "may(request.actor, rules.SETTLE)"),
        )
    },
    (f"{_WINDOWS}desk", "_desk", "link.permission in request.actor.permissions"): "windows:desk",
    ("jingkai.records.seals.web.views", "show_seal", "may(request.actor, AUTHORISE)"): "seals:end_standing",
}
"""Guards that only decide whether a way is shown, and the page behind it, which asks again."""
Change = Callable[[], None]
Weakening = tuple[int, str, Change]
Function = ast.FunctionDef


@cache
def field_guards() -> tuple[Guard, ...]:
    """Every guard of a field in the product, in the order of the files."""
    return tuple(
        Guard(module, name, line, number, what)
        for module, name, node in _holders()
        for number, (line, what, _change) in enumerate(_weakenings(module, node))
    )


@contextmanager
def watched_fields(asked: set[tuple[str, str]]) -> Iterator[None]:
    """While it lasts, each function that guards a field notes in `asked` that it was called."""
    with noting([(module, name, node) for module, name, node in _readers()], asked):
        yield


def places_of(guard: Guard) -> set[tuple[str, str]]:
    """The functions that ask a guard: the one in which it stands, or those that read its table."""
    if "." in guard.function or not guard.function.isupper():
        return {guard.place}
    return {
        (module, name)
        for module, name, node in _readers()
        if module == guard.module
        and any(isinstance(one, ast.Name) and one.id == guard.function for one in ast.walk(node))
    }


@contextmanager
def without(guard: Guard) -> Iterator[None]:
    """While it lasts, one field is shown or set as if nobody had asked who looks."""
    node = next(node for module, name, node in _holders() if (module, name) == guard.place)
    if isinstance(node, ast.Assign):
        table = getattr(importlib.import_module(guard.module), guard.function)
        with mock.patch.dict(table, {guard.what.split(":")[0]: str}):
            yield
        return
    changed = copy.deepcopy(node)
    _line, _what, change = list(_weakenings(guard.module, changed))[guard.number]
    change()
    with exchanged(guard.place, changed):
        yield


@cache
def _holders() -> tuple[tuple[str, str, Any], ...]:
    """The functions, methods and tables of the product that guard a field."""
    return tuple(
        (module_of(path), name, node)
        for path in product_files()
        for name, node in (*_functions(path), *_tables(path))
        if next(_weakenings(module_of(path), node), None)
    )


@cache
def _readers() -> tuple[tuple[str, str, Function], ...]:
    """The functions that guard a field, and those that read a table which does."""
    held = {(module, name) for module, name, _node in _holders()}
    tables = {(module, name) for module, name, node in _holders() if isinstance(node, ast.Assign)}
    return tuple(
        (module_of(path), name, node)
        for path in product_files()
        for name, node in _functions(path)
        if (module_of(path), name) in held
        or any(isinstance(one, ast.Name) and (module_of(path), one.id) in tables for one in ast.walk(node))
    )


def _functions(path: Path) -> Iterator[tuple[str, Function]]:
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.FunctionDef):
                    yield f"{node.name}.{one.name}", one


def _tables(path: Path) -> Iterator[tuple[str, ast.Assign]]:
    for node in parsed(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield ast.unparse(node.targets[0]), node


def _weakenings(module: str, node: Any) -> Iterator[Weakening]:
    """Each guard of a field in a function or a table: its line, what it says, and how to take it away."""
    if isinstance(node, ast.Assign):
        for key, value in zip(node.value.keys, node.value.values, strict=True):
            if isinstance(key, ast.Constant) and _name(value).startswith(MASK):
                yield value.lineno, f"{key.value}: {_name(value)}", lambda: None
        return
    if node.name.startswith((MASK, *ASKED)):
        return
    refusing, pages = set(_refusing(node)), _is_page(module)
    for parent, name, index, one in _parts(node):
        place = (getattr(parent, name), index) if index is not None else (parent, name)
        if isinstance(one, ast.Call) and _name(one.func).startswith(MASK):
            yield one.lineno, ast.unparse(one), _putting(place, one.args[0])
        elif isinstance(one, ast.keyword) and one.arg == "masked" and _is(one.value, True):
            yield one.value.lineno, "masked", _putting((one, "value"), ast.Constant(False))
        elif _is_right_of_step(module, one) or (
            pages and one not in refusing and _is_asked(one, _people(node))
        ):
            yield one.lineno, ast.unparse(one), _putting(place, ast.Constant(True))


def _parts(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, Any]]:
    """Everything in a function with the place where it stands; what it makes itself cannot be exchanged."""
    inner = {part for one in ast.walk(node) if one is not node and _is_made(one) for part in ast.walk(one)}
    for parent in ast.walk(node):
        if parent in inner:
            continue
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                yield from ((parent, name, index, one) for index, one in enumerate(value))
            else:
                yield parent, name, None, value


def _refusing(node: Function) -> Iterator[ast.AST]:
    """What stands in conditions that lead to an error: those guard the whole page, or a thing."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assert) or (isinstance(one, ast.If) and _refuses(one.body[0])):
            yield from ast.walk(one.test)


def _is_made(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)


def _refuses(node: ast.stmt) -> bool:
    """Whether somebody is kept out here: by an error, or by the answer that asks for a log-in."""
    answer = node.value if isinstance(node, ast.Return) else None
    return isinstance(node, ast.Raise) or (isinstance(answer, ast.Call) and "refuse" in _name(answer.func))


def _is_page(module: str) -> bool:
    return bool({*module.split(".")} & {name.removesuffix(".py") for name in PAGES})


def _is_right_of_step(module: str, one: Any) -> bool:
    """Whether this asks what a step may do with a field of its form."""
    if not module.startswith(FORMS) or not isinstance(one, ast.Compare):
        return False
    right = one.comparators[0]
    return isinstance(right, ast.Attribute) and ast.unparse(right.value) == RIGHTS


def _people(node: Function) -> set[str]:
    """How a function calls the person who looks."""
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    typed = {one.arg for one in given if one.annotation is not None and ast.unparse(one.annotation) in ACTORS}
    return {"request.actor", "file.actor", *typed}


def _is_asked(one: Any, people: set[str]) -> bool:
    """Whether this asks if the person who looks holds a right."""
    if isinstance(one, ast.Call):
        asks = _name(one.func) == "may" or _name(one.func).startswith(ASKED)
        return asks and any(ast.unparse(given) in people for given in one.args)
    if isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.In):
        held = one.comparators[0]
        return (
            isinstance(held, ast.Attribute)
            and held.attr == "permissions"
            and ast.unparse(held.value) in people
        )
    return False


def _name(node: Any) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is(node: ast.AST, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _putting(place: tuple[Any, Any], value: ast.expr) -> Change:
    def change() -> None:
        where, which = place
        if isinstance(where, list):
            where[which] = value
        else:
            setattr(where, which, value)

    return change
