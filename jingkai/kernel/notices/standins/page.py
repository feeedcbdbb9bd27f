"""The stand-ins' page: what was sent, in both languages at once, since it stands outside the product."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Any

_STYLE = """body{font:15px/1.6 "Noto Sans SC",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1f2a37}
article{border:1px solid #d5dbe3;padding:.75rem 1rem;margin:0 0 1rem;border-radius:4px}
h2{font-size:1rem;margin:0}p{margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.muted{color:#5b6776;font-size:.9rem}"""

_HEAD = """<!doctype html><html lang="zh-hans"><head><meta charset="utf-8">
<title>短信与邮件 · Messages</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="10">
<style>{style}</style></head><body>
<h1>短信与邮件 <span lang="en">Messages</span></h1>
<p class="muted">演示环境：以下内容只发送到本机，未发往外部。<br>
<span lang="en">Demonstration: these were sent to this machine only; nothing left it.</span></p>
""".replace("{style}", _STYLE)

POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
"""This one style, and nothing else."""


def messages_page(messages: Sequence[dict[str, Any]]) -> str:
    """Draw all messages, newest first."""
    parts = [_article(message) for message in messages]
    empty = '<p>尚无短信或邮件。<br><span lang="en">Nothing has been sent yet.</span></p>'
    return _HEAD + ("".join(parts) or empty) + "</body></html>"


def _article(message: dict[str, Any]) -> str:
    when = datetime.fromtimestamp(message["received"]).astimezone()
    to = escape(", ".join(message.get("to", [])))
    times = f" · ×{message['times']}" if message.get("times", 1) > 1 else ""
    head = f'<p class="muted">{when:%Y-%m-%d %H:%M:%S} · {to}{times}</p>'
    if message["channel"] == "mail":
        subject, text = escape(message["subject"]), escape(message["text"])
        return f"<article><h2>邮件 E-mail · {subject}</h2>{head}<p>{text}</p></article>"
    params = "\n".join(f"{name}: {value}" for name, value in message.get("params", {}).items())
    title = f"【{escape(message['sign'])}】 {escape(message['template'])}"
    return f"<article><h2>短信 SMS · {title}</h2>{head}<p>{escape(params)}</p></article>"
