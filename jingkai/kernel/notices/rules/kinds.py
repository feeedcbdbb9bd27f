"""The kinds of notices: declared by the apps, with the texts that they begin with.

A text holds facts as `{reference}`. The zone's own wording (a `NoticeTemplate`) goes before the declared one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.notices.data import EMAIL, PAGE, SMS, NoticeKind

kinds: Registry[NoticeKind] = Registry("notice_kinds", key=lambda kind: kind.code)

SLOT = re.compile(r"\{([a-z_]+)\}")
_ALL = (PAGE, EMAIL, SMS)


def declare_kind(kind: NoticeKind) -> NoticeKind:
    """Make a kind of notice known; wrong slots in its texts are a fault of the program."""
    texts = (kind.title, kind.title_en, kind.body, kind.body_en, kind.sms, kind.sms_en)
    if wrong := unknown_slots(texts, kind.facts):
        raise ValueError(f"notice {kind.code}: no such facts: {', '.join(wrong)}")
    return kinds.register(kind)


def unknown_slots(texts: Iterable[str], facts: Iterable[str]) -> list[str]:
    """Give the slots that name no fact, and every brace that is no slot."""
    known = set(facts)
    wrong = {slot for text in texts for slot in SLOT.findall(text) if slot not in known}
    broken = {brace for text in texts for brace in "{}" if brace in SLOT.sub("", text)}
    return sorted(wrong | broken)


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Put facts into a text; a fact that is not given leaves nothing."""
    return SLOT.sub(lambda slot: facts.get(slot[1], ""), text)


def slots_of(text: str) -> list[str]:
    """Give the facts that a text uses, in order, each once."""
    return list(dict.fromkeys(SLOT.findall(text)))


OF_THE_DOOR = (
    NoticeKind(
        "webhook_disabled",
        "事件推送停用",
        "Webhook switched off",
        ("name",),
        "事件推送“{name}”已停用",
        "The webhook “{name}” was switched off",
        "对方连续多日无应答，已停止推送。待推送内容保留，对方恢复后请重新启用。",
        "Nobody has answered there for days. What waits is kept; switch it on when they answer again.",
    ),
    NoticeKind(
        "login_locked",
        "账号因连续输错被锁定",
        "Login locked after wrong attempts",
        ("name",),
        "账号“{name}”因连续输错被锁定",
        "The login “{name}” was locked after wrong attempts",
        "请与本人核实。不是本人所为的，查看审计记录中的来源地址，必要时停用账号。",
        "Ask its owner. If it was somebody else, find the address in the trail; disable the login if needed.",
    ),
    NoticeKind(
        "unknown_login_tried",
        "有人反复试探账号",
        "Somebody tries names of logins",
        (),
        "有人反复用不存在的账号登录",
        "Somebody tries to log in with names that do not exist",
        "来源地址见审计记录，必要时在代理上拦截。",
        "The address stands in the trail; block it at the proxy if need be.",
    ),
    NoticeKind(
        "many_refusals",
        "多次越权尝试",
        "Many refused pages",
        ("name",),
        "账号“{name}”短时间内多次访问无权页面",
        "The login “{name}” was refused many pages within minutes",
        "请与本人核实，并由审计管理员查看审计记录；不是本人所为的，停用账号。",
        "Ask its owner, and have the audit administrator read the trail; disable it if it was somebody else.",
    ),
    NoticeKind(
        "login_unused",
        "账号长期未用提醒",
        "Login lies unused",
        ("name", "day"),
        "您的账号“{name}”长期未用",
        "Your login “{name}” lies unused",
        "请在 {day} 前登录一次，否则账号将自动停用。不再需要的，不必处理。",
        "Log in once before {day}, otherwise it is disabled. If you no longer need it, do nothing.",
        sms="您的账号{name}长期未用，{day}前未登录将自动停用。",
        sms_en="Your login {name} lies unused and is disabled on {day} unless you log in.",
        channels=_ALL,
    ),
    NoticeKind(
        "unused_logins_disabled",
        "长期未用账号停用",
        "Unused logins disabled",
        (),
        "有账号因长期未用被停用",
        "Logins that nobody used were disabled",
        "名单见账号列表。仍需使用的，核实后重新启用。",
        "The list of logins shows them. Put those back into use that are still needed.",
    ),
    NoticeKind(
        "exchange_needs_hand",
        "数据交换待处理",
        "Exchange waits for a hand",
        ("subject", "problem"),
        "“{subject}”未能报送，待人工处理",
        "“{subject}” could not be sent and waits for a hand",
        "{problem}",
        "{problem}",
    ),
)


def declare_own_kinds() -> None:
    """Declare the kinds that every duty of the zone uses."""
    for kind in OF_THE_DOOR:
        declare_kind(kind)
    for kind in OWN:
        declare_kind(kind)


OWN = (
    NoticeKind(
        "general",
        "一般通知",
        "General notice",
        ("title",),
        "{title}",
        "{title}",
        "",
        "",
        sms="您有一条新通知：{title}，请登录系统查看。",
        sms_en="You have a new notice: {title}. Please log in to read it.",
    ),
    NoticeKind(
        "phone_check",
        "手机验证码",
        "Phone check code",
        ("code", "minutes"),
        "手机验证码",
        "Phone check code",
        "",
        "",
        sms="您的验证码为 {code}，{minutes} 分钟内有效，请勿告知他人。",
        sms_en="Your code is {code}, valid for {minutes} minutes. Tell it to nobody.",
        channels=(SMS,),
    ),
    NoticeKind(
        "application_received",
        "收件通知",
        "Application received",
        ("reference", "matter", "day"),
        "已收到您的申请：{matter}",
        "Application received: {matter}",
        "您申请办理的“{matter}”已于 {day} 收到，收件编号 {reference}。我们将在 5 个工作日内告知是否受理。",
        "Your application “{matter}” was received on {day} under the number {reference}. Within 5 working"
        " days we will tell you whether it is accepted.",
        sms="您申请的{matter}已收到，编号{reference}，可登录查询进度。",
        sms_en="{matter} received, number {reference}. Log in to follow it.",
        channels=_ALL,
    ),
    NoticeKind(
        "correction_needed",
        "补正告知",
        "Correction needed",
        ("reference", "matter", "materials", "until"),
        "请补正材料：{matter}",
        "Please correct your materials: {matter}",
        "您的申请（{reference}，{matter}）材料需要补正：{materials}。需补正的全部内容已一次性告知，"
        "请登录查看补正告知书并提交材料。{until}",
        "The materials of your application ({reference}, {matter}) need correction: {materials}. Everything"
        " to be corrected is told at once; please log in, read the notice and hand the materials in. {until}",
        sms="您的申请{reference}需补正材料，请登录查看补正告知书。",
        sms_en="Application {reference} needs corrected materials. Log in to read the notice.",
        channels=_ALL,
    ),
    NoticeKind(
        "accepted",
        "受理通知",
        "Application accepted",
        ("reference", "matter", "due"),
        "申请已受理：{matter}",
        "Application accepted: {matter}",
        "您的申请（{reference}，{matter}）已受理，承诺于 {due} 前办结。受理通知书可登录下载。",
        "Your application ({reference}, {matter}) was accepted and will be decided by {due}. The notice of"
        " acceptance can be downloaded after logging in.",
        sms="您的申请{reference}已受理，承诺{due}前办结。",
        sms_en="Application {reference} accepted; decision by {due}.",
        channels=_ALL,
    ),
    NoticeKind(
        "question_asked",
        "问询通知",
        "Question asked",
        ("reference", "matter", "unit", "question"),
        "{unit}有问题需要您说明：{matter}",
        "{unit} asks you a question: {matter}",
        "{unit}在审查您的申请（{reference}）时需要您说明：{question}",
        "{unit}, reviewing your application ({reference}), asks you: {question}",
        sms="{unit}就您的申请{reference}有问题需要说明，请登录答复。",
        sms_en="{unit} has a question on application {reference}. Log in to answer.",
        channels=_ALL,
    ),
    NoticeKind(
        "clock_suspended",
        "时限中止告知",
        "Time limit suspended",
        ("reference", "matter", "unit", "reason", "basis"),
        "审查时限暂停计算：{matter}",
        "Time limit suspended: {matter}",
        "您的申请（{reference}）因{reason}，{unit}的审查时限自即日起（含当日）暂停计算。依据：{basis}。所需时间不计入期限。",
        "For your application ({reference}) the limit of {unit} is suspended from today on, today included:"
        " {reason}. Basis: {basis}. The time needed is not counted.",
        sms="您的申请{reference}因{reason}暂停计时，详情请登录查看。",
        sms_en="The limit for {reference} is suspended: {reason}. Log in for details.",
        channels=_ALL,
    ),
    NoticeKind(
        "clock_resumed",
        "时限恢复告知",
        "Time limit resumed",
        ("reference", "matter", "unit", "due"),
        "审查时限恢复计算：{matter}",
        "Time limit runs again: {matter}",
        "您的申请（{reference}）中{unit}的审查时限恢复计算，新的办结日期为 {due}。",
        "For your application ({reference}) the limit of {unit} runs again; it is now due on {due}.",
        sms="您的申请{reference}恢复计时，预计{due}前办结。",
        sms_en="The limit for {reference} runs again; due {due}.",
        channels=_ALL,
    ),
    NoticeKind(
        "decided",
        "办结通知",
        "Result ready",
        ("reference", "matter", "result", "number"),
        "办理结果已出：{matter}",
        "Result ready: {matter}",
        "您的申请（{reference}，{matter}）已办结，结果：{result}。结果文书 {number} 可登录下载。",
        "Your application ({reference}, {matter}) was decided: {result}. The result {number} can be"
        " downloaded after logging in.",
        sms="您的申请{reference}已办结，结果文书可登录下载。",
        sms_en="Application {reference} decided. Log in to download the result.",
        channels=_ALL,
    ),
    NoticeKind(
        "rating_invited",
        "评价邀请",
        "Please rate our service",
        ("reference", "matter"),
        "请评价本次服务：{matter}",
        "Please rate our service: {matter}",
        "您的申请（{reference}，{matter}）已办结，诚邀您对本次服务作出评价。",
        "Your application ({reference}, {matter}) is done. Please tell us how you were served.",
        channels=(PAGE, EMAIL),
    ),
    NoticeKind(
        "task_assigned",
        "任务分派",
        "Task assigned",
        ("reference", "matter", "task", "due"),
        "新任务：{task}（{matter}）",
        "New task: {task} ({matter})",
        "{matter}（{reference}）的“{task}”已分派给您，请于 {due} 前办理。",
        "“{task}” of {matter} ({reference}) is yours now, due {due}.",
    ),
    NoticeKind(
        "task_urged",
        "催办",
        "Task urged",
        ("reference", "matter", "task", "due", "by"),
        "催办：{task}（{matter}）",
        "Urged: {task} ({matter})",
        "{by}催办：{matter}（{reference}）的“{task}”应于 {due} 前办理。",
        "{by} urges: “{task}” of {matter} ({reference}) is due {due}.",
        sms="{by}催办{reference}：{task}，期限{due}。",
        sms_en="{by} urges {reference}: {task}, due {due}.",
        channels=(PAGE, SMS),
    ),
)
