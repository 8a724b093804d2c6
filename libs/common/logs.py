"""JSON logs, one object a line, with trace ids and without anybody's data."""

import logging
import sys
from typing import Any, Final, cast

from opentelemetry.trace import get_current_span
from pythonjsonlogger.json import JsonFormatter

LOUD: Final = (
    *("aiokafka", "faststream", "httpx2"),
    *("uvicorn.access", "uvicorn.error", "opentelemetry"),
)


class JsonLines(JsonFormatter):
    """Keeps the type and the place of an exception and drops its text, which may quote a person."""

    service = ""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["service"] = self.service
        context = get_current_span().get_span_context()
        if context.is_valid:
            log_data["trace_id"] = f"{context.trace_id:032x}"
            log_data["span_id"] = f"{context.span_id:016x}"

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the name is logging's
        return "" if ei[1] is None else describe(ei[1])


def describe(error: BaseException) -> str:
    """The type of an exception and the places it came by; of a group, those of each within."""
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    says = f"{type(error).__name__} at {' < '.join(reversed(places[-8:]))}"
    if isinstance(error, BaseExceptionGroup):
        within = cast("BaseExceptionGroup[BaseException]", error).exceptions
        says += f" [{'; '.join(map(describe, within))}]"
    return says


def configure(service: str, level: int = logging.INFO) -> None:
    """Send all logs of this process to standard output as JSON."""
    handler = logging.StreamHandler(sys.stdout)
    formatter = JsonLines("%(levelname)s %(name)s %(message)s", timestamp="time")
    formatter.service = service
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
