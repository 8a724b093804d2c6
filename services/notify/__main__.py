"""`python -m services.notify` runs the service; here it is put together."""

import sys
from pathlib import Path

from libs.common.effects import Adapter, adapter
from libs.common.run import run
from libs.common.service import Service, Tools
from services.notify.api import router
from services.notify.correspondence import correspondence
from services.notify.digest import digests
from services.notify.directory import Directory
from services.notify.inbox import inbox
from services.notify.key_result_letters import key_result_letters
from services.notify.mail import Mail, MailServer
from services.notify.messages import SendDigest, SendMail
from services.notify.settings import NotifySettings


def service(directory: Directory) -> Service:
    """Notify for a company with this directory."""

    def adapters(tools: Tools) -> tuple[Adapter, ...]:
        mail = Mail(MailServer.parse(tools.settings.smtp), directory, tools.vault)
        return (adapter(SendMail, mail.send_mail), adapter(SendDigest, mail.send_digest))

    return Service(
        name="notify",
        title="Farhand notify",
        deciders=(
            correspondence(directory),
            digests(directory),
            key_result_letters(directory),
        ),
        projections=(inbox,),
        adapters=adapters,
        api=router,
        migrations=Path(__file__).parent / "migrations",
    )


if __name__ == "__main__":
    try:
        given = NotifySettings()
        known = Directory.read(given.directory, given.console)
    except ValueError as error:
        sys.exit(f"notify cannot start: {error}")
    run(service(known))
