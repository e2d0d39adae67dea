"""Roles as data: a code, a name for people, and the permissions the role's group holds (`app.codename`)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

CATALOGUE = ("service", "organization", "location")
_VIEW_CATALOGUE = tuple(f"services.view_{model}" for model in CATALOGUE)
_WRITE_CATALOGUE = tuple(f"services.{verb}_{model}" for verb in ("add", "change") for model in CATALOGUE)
_PUBLISH_CATALOGUE = tuple(f"services.publish_{model}" for model in CATALOGUE)
_LOCK_CATALOGUE = tuple(f"services.{verb}_{model}" for verb in ("lock", "unlock") for model in CATALOGUE)
_DELETE_CATALOGUE = tuple(f"services.delete_{model}" for model in CATALOGUE)
_TAXONOMY = tuple(f"services.{verb}_taxonomyterm" for verb in ("view", "add", "change"))
_CONCEPTS = tuple(f"search.{verb}_concept" for verb in ("view", "add", "change", "delete"))
_LOST_SEARCHES = ("search.view_searchwithoutresult",)
_ADMIN = ("wagtailadmin.access_admin",)


@dataclass(frozen=True)
class Role:
    code: str
    name: object
    permissions: tuple[str, ...]


ROLES = (
    Role("contributor", _("Contributor"), _ADMIN + _VIEW_CATALOGUE + _WRITE_CATALOGUE),
    Role(
        "editor",
        _("Editor"),
        _ADMIN + _VIEW_CATALOGUE + _WRITE_CATALOGUE + _PUBLISH_CATALOGUE + _LOST_SEARCHES,
    ),
    Role(
        "moderator",
        _("Moderator"),
        _ADMIN
        + _VIEW_CATALOGUE
        + _WRITE_CATALOGUE
        + _PUBLISH_CATALOGUE
        + _LOCK_CATALOGUE
        + _DELETE_CATALOGUE
        + _LOST_SEARCHES,
    ),
    Role(
        "taxonomy_manager",
        _("Taxonomy manager"),
        _ADMIN + _VIEW_CATALOGUE + _TAXONOMY + _CONCEPTS + _LOST_SEARCHES,
    ),
)
ROLE_CODES = tuple(role.code for role in ROLES)
