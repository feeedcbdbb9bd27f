"""Run both stand-ins until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from jingkai.kernel.notices.standins import MailStandIn, MessageStore, SmsStandIn


def main() -> None:
    """Start the mail server and the text message provider and say where they are."""
    home = Path(os.environ.get("JINGKAI_HOME") or ".jingkai")
    parser = argparse.ArgumentParser(prog="python -m jingkai.kernel.notices.standins")
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--sms-port", type=int, default=8025)
    parser.add_argument("--folder", type=Path, default=home / "stand-ins")
    chosen = parser.parse_args()
    account = {os.environ.get("JINGKAI_SMS_KEY_ID", "demo"): os.environ.get("JINGKAI_SMS_KEY_SECRET", "demo")}
    letters = MessageStore(chosen.folder / "mail")
    texts = MessageStore(chosen.folder / "sms")
    with (
        MailStandIn(store=letters, port=chosen.smtp_port) as mail,
        SmsStandIn(store=texts, accounts=account, port=chosen.sms_port, shown=[letters]) as sms,
    ):
        sys.stdout.write(
            f"Mail: smtp://127.0.0.1:{mail.port}\nText messages and the page of all: {sms.url}/\n"
        )
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
