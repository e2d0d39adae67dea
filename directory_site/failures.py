"""Tells where something failed without what it failed on: an exception's message may quote a person's data."""

import logging
import re
import traceback


def shape_of(error: BaseException) -> str:
    """The error's class and the lines of code that led to it, for it and what caused it; no message, no values."""
    told = []
    seen: BaseException | None = error
    while seen is not None:
        told.append("".join(traceback.format_tb(seen.__traceback__)) + _name(seen))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\ncaused by:\n".join(told)


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


class WithoutMessages(logging.Filter):
    """Puts `shape_of` where a log record would show the whole exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            error = record.exc_info[1]
            record.exc_info, record.exc_text = None, shape_of(error) if error else None
        return True


class WithoutLinks(logging.Filter):
    """Leaves out the signed part of an address: whoever reads the log could open what it opens."""

    LINK = re.compile(r"(/(?:orientation|confirm|suggest/answer)/)[^/\s?]+")

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        shown = self.LINK.sub(r"\1…", said)
        if shown != said:
            record.msg, record.args = shown, ()
        return True
