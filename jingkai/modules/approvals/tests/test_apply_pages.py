"""The enterprise at its form: errors, saving while typing, lost sessions, double clicks; nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.models import Application, Submission
from jingkai.modules.approvals.testing import FACTS, Hall, small_file
from jingkai.records.files.models import Attachment
from jingkai.records.numbering.models import IssuedNumber

pytestmark = pytest.mark.django_db

NOW = "2026-03-02 09:00"


@pytest.fixture
def enterprise(hall: Hall, client: Client) -> Client:
    """The handler at a browser, on a Monday morning."""
    hall.travel(NOW)
    client.user = hall.log_in(client, "handler")  # type: ignore[attr-defined]
    return client


def page(name: str, matter: Application, *more: Any) -> str:
    """The address of a page of an application."""
    return reverse(f"approvals:{name}", args=[matter.uuid, *more])


def typed(matter: Application, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the facts' form."""
    return {**FACTS, "version": matter.version, **changes}


def text_of(response: Any) -> str:
    """The words of a page."""
    return str(response.content.decode())


def test_draft_begins_with_what_the_zone_knows(hall: Hall, enterprise: Client) -> None:
    url = reverse("approvals:start", args=["construction-permit"])
    assert enterprise.get(url).status_code == 200
    answer = enterprise.post(url, with_token({"enterprise": hall.cast.enterprise.pk}))
    draft = Application.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page("facts", draft))
    assert draft.facts["project_address"] == "示范经济开发区创新路 8 号"
    assert draft.facts["contact_name"] == "秦经办"
    assert "示范经济开发区创新路 8 号" in text_of(enterprise.get(page("facts", draft)))


@pytest.mark.parametrize("chosen", ["", "0", "x", "²", "9" * 30])
def test_draft_for_a_strange_enterprise_is_not_begun(hall: Hall, enterprise: Client, chosen: str) -> None:
    url = reverse("approvals:start", args=["construction-permit"])
    other = str(hall.cast.other_enterprise.pk)
    for value in (chosen, other):
        assert enterprise.post(url, with_token({"enterprise": value})).status_code == 404
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("project_code", "123", "项目代码"),
        ("contact_phone", "12345", "11 位"),
        ("building_area", "很大", "很大"),
        ("building_height", "-3", "-3"),
        ("start_on", "明年春天", "明年春天"),
        ("project_name", "厂" * 121, "厂" * 121),
        ("structure", "<script>alert(1)</script>", "&lt;script&gt;"),
    ],
)
def test_form_errors_keep_what_was_typed(
    hall: Hall, enterprise: Client, field: str, value: str, words: str
) -> None:
    draft = hall.draft(at=NOW)
    answer = enterprise.post(
        page("facts", draft), with_token(typed(draft, **{field: value}, remark="写了很久的备注"))
    )
    assert answer.status_code == 422
    text = text_of(answer)
    assert "写了很久的备注" in text
    assert FACTS["design_firm"] in text
    if field != "structure":
        assert value in text
    assert words in text or field == "structure"
    assert "<script>alert(1)" not in text


def test_right_form_goes_on_to_the_materials(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    answer = enterprise.post(page("facts", draft), with_token(typed(draft, remark="改过")))
    assert (answer.status_code, answer["Location"]) == (302, page("materials", draft))
    saved = hall.fresh(draft)
    assert (saved.facts["remark"], saved.version) == ("改过", draft.version + 1)


def test_autosave_keeps_half_a_form_and_gives_the_next_version(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    answer = enterprise.post(page("autosave", draft), typed(draft, project_code="26", building_area=""))
    assert answer.status_code == 200
    assert f'value="{draft.version + 1}"' in text_of(answer)
    kept = hall.fresh(draft)
    assert kept.typed is not None
    assert (kept.typed["project_code"], kept.typed["building_area"]) == ("26", "")
    assert kept.facts == draft.facts
    saved = enterprise.post(page("autosave", draft), typed(kept, remark="写完了"))
    assert saved.status_code == 200
    assert (hall.fresh(draft).facts["remark"], hall.fresh(draft).typed) == ("写完了", None)


def test_refused_form_is_kept_in_the_draft_and_shown_later_with_its_faults(
    hall: Hall, enterprise: Client
) -> None:
    """Another day, another browser, a colleague: the wrong words are still there, and what is wrong."""
    draft = hall.draft(at=NOW)
    sent = with_token(typed(draft, project_code="123", building_area="很大", remark="写了很久"))
    answer = enterprise.post(page("facts", draft), sent)
    assert answer.status_code == 422
    assert f'name="version" value="{draft.version + 1}"' in text_of(answer)
    kept = hall.fresh(draft)
    assert (kept.version, kept.facts) == (draft.version + 1, draft.facts)
    colleague = Client()
    hall.log_in(colleague, "legal_representative")
    again = text_of(colleague.get(page("facts", draft)))
    for words in ("写了很久", "很大", 'value="123"', "项目代码为五组共 20 位数字"):
        assert words in again
    right = with_token(typed(kept, remark="写了很久"))
    assert colleague.post(page("facts", draft), right).status_code == 302
    done = hall.fresh(draft)
    assert (done.facts["remark"], done.typed) == ("写了很久", None)


def test_refused_form_sent_again_is_no_conflict_and_the_same_mark_still_counts_once(
    hall: Hall, enterprise: Client
) -> None:
    draft = hall.draft(at=NOW)
    sent = with_token(typed(draft, project_code="123"))
    assert [enterprise.post(page("facts", draft), sent).status_code for _ in range(3)] == [422, 422, 422]
    kept = hall.fresh(draft)
    assert kept.version == draft.version + 1
    right = {**sent, **typed(kept)}
    assert [enterprise.post(page("facts", draft), right).status_code for _ in range(2)] == [302, 302]
    assert hall.fresh(draft).version == kept.version + 1
    assert enterprise.post(page("facts", draft), {**right, "remark": "anders"}).status_code == 409


def test_refused_form_never_covers_what_somebody_saved_meanwhile(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    old = with_token(typed(draft, project_code="123", remark="旧窗口"), user=enterprise.user)  # type: ignore[attr-defined]
    assert enterprise.post(page("facts", draft), with_token(typed(draft, remark="新窗口"))).status_code == 302
    answer = enterprise.post(page("facts", draft), old)
    assert answer.status_code == 409
    assert "旧窗口" in text_of(answer)
    assert (hall.fresh(draft).facts["remark"], hall.fresh(draft).typed) == ("新窗口", None)


def test_draft_with_faults_in_its_form_is_not_submitted(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW)
    enterprise.post(page("autosave", draft), typed(draft, building_area="很大"))
    answer = enterprise.post(page("submit", draft), with_token())
    assert answer.status_code == 422
    assert hall.fresh(draft).state == Application.State.DRAFT


def test_facts_changed_during_a_correction_stand_on_the_cases_trail(hall: Hall, enterprise: Client) -> None:
    """Names of the fields, numbers and codes as they were and are, words about people only as marks."""
    matter = hall.submit(hall.give_all(hall.draft(at=NOW), at=NOW), at=NOW)
    hall.correct(matter, {"site-plan": "请补充消防车道。"}, at="2026-03-03 09:00")
    hall.travel("2026-03-03 10:00")
    hall.log_in(enterprise, "handler")
    now = hall.fresh(matter)
    changes = {"building_area": "22000.00", "contact_phone": "13900000099"}
    enterprise.post(page("autosave", matter), typed(now, **changes))
    assert hall.fresh(matter).facts == now.facts
    assert enterprise.post(page("supply", matter), with_token()).status_code == 422
    now = hall.fresh(matter)
    assert enterprise.post(page("facts", matter), with_token(typed(now, **changes))).status_code == 302
    entries = [one for one in entries_of(hall.case(matter)) if one.action == "application.facts_changed"]
    (entry,) = entries
    assert entry.facts["changed"]["building_area"] == ["21800.00", "22000.00"]
    assert set(entry.facts["changed"]) == {"building_area", "contact_phone"}
    before, after = entry.facts["changed"]["contact_phone"]
    assert before != after
    assert "139000" not in str(entry.facts)
    assert "138000" not in str(entry.facts)


@pytest.mark.parametrize("version", ["", "0", "x", "²", "-1", "9" * 40])
def test_autosave_with_a_stale_version_says_so_and_keeps_the_saved_draft(
    hall: Hall, enterprise: Client, version: str
) -> None:
    draft = hall.draft(at=NOW)
    answer = enterprise.post(page("autosave", draft), typed(draft, version=version, remark="迟到"))
    assert answer.status_code == 200
    assert 'class="wrong"' in text_of(answer)
    assert (hall.fresh(draft).facts["remark"], hall.fresh(draft).typed) == ("", None)


def test_version_conflict_shows_what_was_typed_and_gives_it_back(hall: Hall, enterprise: Client) -> None:
    """Two windows: the second one is told, and its text stands in the form again."""
    draft = hall.draft(at=NOW)
    first = with_token(typed(draft, remark="第一个窗口"), user=enterprise.user)  # type: ignore[attr-defined]
    second = with_token(typed(draft, remark="第二个窗口"), user=enterprise.user)  # type: ignore[attr-defined]
    assert enterprise.post(page("facts", draft), first).status_code == 302
    refused = enterprise.post(page("facts", draft), second)
    assert refused.status_code == 409
    assert "第二个窗口" in text_of(refused)
    assert hall.fresh(draft).facts["remark"] == "第一个窗口"
    again = text_of(enterprise.get(page("facts", draft)))
    assert "第二个窗口" in again
    assert f'name="version" value="{hall.fresh(draft).version}"' in again


@pytest.mark.parametrize("name", ["project_name", "remark", "contact_phone"])
def test_null_characters_are_refused_in_words_and_the_rest_is_given_back(
    hall: Hall, enterprise: Client, name: str
) -> None:
    """PostgreSQL stores none; a pasted one must not cost the person the form."""
    draft = hall.draft(at=NOW)
    sent = with_token(typed(draft, **{name: "甲\x00乙"}), user=enterprise.user)  # type: ignore[attr-defined]
    answer = enterprise.post(page("facts", draft), sent)
    assert answer.status_code == 400
    assert "空字符" in text_of(answer)
    assert hall.fresh(draft).facts[name] == draft.facts[name]
    assert "甲乙" in text_of(enterprise.get(page("facts", draft)))


def test_expired_session_at_the_form_gives_the_text_back_after_login(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    user = enterprise.user  # type: ignore[attr-defined]
    sent = with_token(typed(draft, remark="写了一个小时"), user=user)
    enterprise.logout()
    referer = {"referer": f"http://testserver{page('facts', draft)}"}
    answer = enterprise.post(page("facts", draft), sent, headers=referer)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    assert hall.fresh(draft).facts["remark"] == ""
    hall.log_in(enterprise, "handler")
    form = text_of(enterprise.get(page("facts", draft)))
    assert "写了一个小时" in form
    assert enterprise.post(page("facts", draft), sent).status_code == 302
    assert hall.fresh(draft).facts["remark"] == "写了一个小时"
    assert "写了一个小时" in text_of(enterprise.get(page("facts", draft)))


def test_kept_text_is_not_shown_to_the_next_person_at_the_same_browser(
    hall: Hall, enterprise: Client
) -> None:
    draft = hall.draft(at=NOW)
    sent = with_token(typed(draft, remark="我的备注"), user=enterprise.user)  # type: ignore[attr-defined]
    enterprise.logout()
    enterprise.post(page("facts", draft), sent)
    hall.log_in(enterprise, "legal_representative")
    assert "我的备注" not in text_of(enterprise.get(page("facts", draft)))


def test_expired_session_at_submit_has_no_effect_and_leads_back(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW)
    sent = with_token(user=enterprise.user)  # type: ignore[attr-defined]
    enterprise.logout()
    referer = {"referer": f"http://testserver{page('check', draft)}"}
    answer = enterprise.post(page("submit", draft), sent, headers=referer)
    assert answer.status_code == 302
    assert page("check", draft) in answer["Location"]
    assert hall.fresh(draft).state == Application.State.DRAFT
    hall.log_in(enterprise, "handler")
    assert enterprise.get(page("check", draft)).status_code == 200
    assert enterprise.post(page("submit", draft), sent).status_code == 302
    assert hall.fresh(draft).state == Application.State.SUBMITTED


def test_idle_session_ends_and_the_draft_is_still_there(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    enterprise.get(page("facts", draft))
    hall.travel("2026-03-02 18:00")
    answer = enterprise.get(page("facts", draft))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    assert hall.fresh(draft).facts == FACTS


def test_submit_gives_a_receipt_number_and_a_journey(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW)
    answer = enterprise.post(page("submit", draft), with_token(), follow=True)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "SP2026-00001" in text
    assert "2026-03-09" in text
    assert "行政审批局" in text


def test_double_submit_and_replay_have_one_effect(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW)
    sent = with_token()
    first, second = (enterprise.post(page("submit", draft), sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    other_mark = enterprise.post(page("submit", draft), with_token())
    assert other_mark.status_code == 409
    assert IssuedNumber.objects.filter(series="approvals.matter").count() == 1
    assert Submission.objects.count() == 1


def test_submit_without_a_mark_or_by_get_is_refused(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW)
    assert enterprise.post(page("submit", draft)).status_code == 400
    assert enterprise.get(page("submit", draft)).status_code == 405
    assert hall.fresh(draft).state == Application.State.DRAFT


def test_incomplete_submit_names_what_is_missing(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW, without=("site-plan",))
    assert "建筑总平面图" in text_of(enterprise.get(page("check", draft)))
    answer = enterprise.post(page("submit", draft), with_token())
    assert answer.status_code == 422
    assert "建筑总平面图" in text_of(answer)


def test_submit_beyond_the_calendar_says_which_year_is_missing(hall: Hall, enterprise: Client) -> None:
    draft = hall.give_all(hall.draft(at=NOW), at=NOW)
    hall.travel("2026-12-30 09:00")
    hall.log_in(enterprise, "handler")
    answer = enterprise.post(page("submit", draft), with_token())
    assert answer.status_code == 409
    assert "2027" in text_of(answer)
    assert hall.fresh(draft).state == Application.State.DRAFT
    assert not IssuedNumber.objects.exists()


def test_files_come_with_the_form_where_no_script_runs(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    files = {
        "fire-design": SimpleUploadedFile("消防.pdf", small_file("pdf")),
        "site-plan": SimpleUploadedFile("总平.jpg", small_file("jpeg")),
        "unknown": SimpleUploadedFile("别的.pdf", small_file("pdf")),
    }
    answer = enterprise.post(page("materials", draft), with_token(files))
    assert (answer.status_code, answer["Location"]) == (302, page("check", draft))
    kept = Attachment.objects.filter(owner_kind="application", owner_id=draft.pk)
    assert set(kept.values_list("slot", "name")) == {("fire-design", "消防.pdf"), ("site-plan", "总平.jpg")}


def test_bad_file_of_a_plain_form_is_told_beside_the_good_one(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    files = {
        "fire-design": SimpleUploadedFile("图纸.pdf", b"MZ\x90\x00" + b"\x00" * 200),
        "site-plan": SimpleUploadedFile("总平.jpg", small_file("jpeg")),
    }
    answer = enterprise.post(page("materials", draft), with_token(files), follow=True)
    assert "消防设计文件" in text_of(answer)
    assert "图纸.pdf" in text_of(answer)
    assert list(Attachment.objects.filter(owner_id=draft.pk).values_list("slot", flat=True)) == ["site-plan"]


def test_draft_is_deleted_after_a_question_and_no_longer_listed(hall: Hall, enterprise: Client) -> None:
    draft = hall.draft(at=NOW)
    assert enterprise.get(page("discard", draft)).status_code == 200
    assert hall.fresh(draft).state == Application.State.DRAFT
    assert enterprise.post(page("discard", draft), with_token()).status_code == 302
    assert hall.fresh(draft).state == Application.State.DISCARDED
    assert "二期厂房" not in text_of(enterprise.get(reverse("approvals:my")))
    assert enterprise.get(page("facts", draft)).status_code == 409
