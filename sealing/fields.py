"""A text column that is encrypted in the database and plain in Python."""

from django.core import checks
from django.db import models

from .errors import NotSearchable
from .keys import TOKEN_BEGINS, seal, unseal

# What `dumpdata` writes: a dump of the database tells no more than the database.
DUMPED = "sealed:"


class SealedTextField(models.TextField):
    """Reads and writes plain text; the row holds a token of `keys.seal`. Null stays null.

    Reading (also through `values()`, F and annotations) gives the plain text or raises WrongKey, never the token.
    Queries may ask `isnull` only; every other lookup raises NotSearchable: keep a `keyed_hash` beside it to find by.
    A constraint in the database refuses what is no token, so that `update(field=Value("plain"))` cannot slip past.
    """

    description = "Text, encrypted in the database"

    def check(self, **kwargs):
        found = super().check(**kwargs)
        if self.unique or self.db_index or self.primary_key:
            found.append(
                checks.Error(
                    "A sealed text is different each time it is stored: an index of it finds nothing.",
                    hint="Put the index on a keyed_hash in a column beside it.",
                    obj=self,
                    id="sealing.E003",
                )
            )
        return found

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return None if value is None else seal(value)

    def from_db_value(self, value, expression, connection):
        return None if value is None else unseal(value)

    def db_check(self, connection):
        column = connection.ops.quote_name(self.column)
        return f"substr({column}, 1, {len(TOKEN_BEGINS)}) = '{TOKEN_BEGINS}'"

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise NotSearchable(f"{self.name} is sealed: it can be asked for isnull, not for {lookup_name}")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name):
        raise NotSearchable(f"{self.name} is sealed: the database cannot apply {lookup_name} to it")

    def value_to_string(self, obj):
        value = self.value_from_object(obj)
        return None if value is None else DUMPED + seal(value)

    def to_python(self, value):
        if isinstance(value, str) and value.startswith(DUMPED + TOKEN_BEGINS):
            return unseal(value.removeprefix(DUMPED))
        return super().to_python(value)
