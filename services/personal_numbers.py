"""National register and BIS numbers in free text: the one kind of personal data that a machine can recognise. Pure.

Eleven digits with a check number, as people write them: 85.07.30-033.28, 85073003328, 85 07 30 033 28. The rules are
those of the National Register (IT000) and of the Crossroads Bank, as python-stdnum knows them.
"""

import re
from collections.abc import Iterator

from stdnum.be import bis, nn

# Between the groups: signs of any kind, or one short word ("85.07.30 n° 033.28").
_GAP = r"(?:[\W_]{0,4}|[\W_]{0,2}[^\W\d_]{1,3}[\W_]{0,3})"
# Not inside a longer number, and not after a + or 00 that makes it a phone: +32 47… could pass the check by chance.
_LIKE_ONE = re.compile(rf"(?<![\d+])(\d\d){_GAP}(\d\d){_GAP}(\d\d){_GAP}(\d\d\d){_GAP}(\d\d)(?!\d)", re.ASCII)


def national_numbers(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each valid national register or BIS number in the text."""
    for found in _LIKE_ONE.finditer(text):
        digits = "".join(found.groups())
        if nn.is_valid(digits) or bis.is_valid(digits):
            yield found.span()


def has_national_number(text: str) -> bool:
    return next(national_numbers(text), None) is not None
