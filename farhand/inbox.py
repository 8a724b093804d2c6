"""`farhand inbox`: the mails that people would have got."""

from email.message import EmailMessage

from rich.console import Console
from rich.table import Table

from farhand.embedded.mail_folder import MailFolder, read
from farhand.errors import StackError
from farhand.home import Home
from farhand.settings import Settings


def inbox(number: int | None = None, /) -> None:
    """List the mails, oldest first, or print one.

    Parameters
    ----------
    number
        The mail's number in the list.

    """
    folder = Home(Settings.from_env().home).mail
    mails = [read(file) for file in MailFolder(folder).mails()] if folder.exists() else []
    if number is None:
        Console(highlight=False).print(table(mails) if mails else f"No mail in {folder}.")
    elif 1 <= number <= len(mails):
        print(as_text(mails[number - 1]))
    else:
        raise StackError(f"There is no mail {number}; `farhand inbox` lists {len(mails)}.")


def table(mails: list[EmailMessage]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("", "date", "to", "subject"):
        table.add_column(column, header_style="bold", overflow="fold")
    for number, mail in enumerate(mails, 1):
        table.add_row(str(number), *(str(mail[name] or "") for name in ("Date", "To", "Subject")))
    return table


def as_text(mail: EmailMessage) -> str:
    """Its headers and its readable part, then the names of what hangs on it."""
    headers = "\n".join(f"{name}: {mail[name]}" for name in dict.fromkeys(mail.keys()))
    body = mail.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    attached = [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()]
    return "\n".join([headers, "", text.rstrip(), *(f"[attached: {name}]" for name in attached)])
