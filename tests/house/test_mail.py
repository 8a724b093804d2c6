import asyncio
import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from farhand.embedded.mail_folder import MailFolder, file_name, message_id, read
from farhand.stack import Stack
from tests.house.waiting import until


def letter(id_: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "farhand@example.org", "z@example.org", "Start"
    mail["Message-ID"] = id_
    mail.set_content("Welcome, Zoë")
    return mail


def test_files_are_named_after_the_message_id() -> None:
    assert file_name("a.1@farhand").startswith("a.1@farhand-")
    assert file_name("a/1").partition("-")[0] == file_name("a_1").partition("-")[0]
    assert file_name("a/1") != file_name("a_1")
    assert "/" not in file_name("../../etc/passwd")
    assert not file_name("..hidden").startswith(".")


@pytest.mark.parametrize("header", [b"", b"Message-ID:\n", b"Message-ID: <>\n"])
def test_a_mail_without_an_id_gets_one_of_its_content(header: bytes) -> None:
    one, other = header + b"\nWelcome", header + b"\nGoodbye"
    assert message_id(one) == message_id(one) != message_id(other)


async def test_a_repeated_send_is_one_mail_and_counted(house: Stack) -> None:
    def send(mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", house.settings.port("smtp"), timeout=5) as smtp:
            smtp.send_message(mail)

    for mail in (letter("<twice@t>"), letter("<twice@t>"), letter("<once@t>")):
        await asyncio.to_thread(send, mail)
    box = MailFolder(house.home.mail)
    assert box.counts() == {"twice@t": 2, "once@t": 1}
    assert [acceptance.count for acceptance in box.acceptances()] == [1, 2, 1]
    assert [read(file)["Message-ID"] for file in box.mails()] == ["<twice@t>", "<once@t>"]

    house.kill("smtp")
    await until(lambda: house.children["smtp"].restarts > 0)
    await house.until_ready("smtp")
    await asyncio.to_thread(send, letter("<twice@t>"))
    assert box.acceptances()[-1].count == 3


def test_an_empty_folder_has_no_mail(tmp_path: Path) -> None:
    assert MailFolder(tmp_path).mails() == []
