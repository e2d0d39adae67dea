"""Who may do what, as data: rights in words with the permissions they are made of, and roles made of rights.

A role is held in a team (accounts.Membership). Rights over listings then reach the listings that team stewards; the
roles in EVERYWHERE reach all of them. The page "who may do what" is this table, so the two cannot differ.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

CATALOGUE = ("service", "organization", "location")


def _catalogue(*verbs: str) -> tuple[str, ...]:
    return tuple(f"services.{verb}_{model}" for verb in verbs for model in CATALOGUE)


@dataclass(frozen=True)
class Right:
    """`permissions` are Django's, `app.codename`."""

    code: str
    words: object
    permissions: tuple[str, ...]


RIGHTS = (
    Right("see", _("See every published listing"), ("wagtailadmin.access_admin", *_catalogue("view"))),
    Right(
        "write",
        _("Write listings of the team and send them for review, see its drafts, copy, attach translations"),
        (
            *_catalogue("add", "change"),
            "services.translate_service",
            *(f"services.{verb}_servicetemplate" for verb in ("view", "add", "change", "delete")),
        ),
    ),
    Right("export", _("Export the team's listings"), ("services.export_service",)),
    Right(
        "verify",
        _("Verify the team's listings by phone, on site or on the web"),
        ("services.verify_service",),
    ),
    Right(
        "publish",
        _("Publish and unpublish the team's listings, schedule them, close them, also many at once"),
        _catalogue("publish"),
    ),
    Right("import", _("Import files of listings for the team"), ("services.import_service",)),
    Right(
        "answer",
        _("Decide about what the public or an organisation suggests"),
        ("services.answer_suggestion",),
    ),
    Right("merge", _("Merge duplicates of the team"), ("services.merge_service",)),
    Right(
        "review",
        _("Review what is sent for review: approve it, ask for changes, lock it"),
        _catalogue("lock", "unlock"),
    ),
    Right(
        "hand_over",
        _("Offer listings to another team, accept or decline those offered"),
        ("services.handover_service",),
    ),
    Right("delete", _("Delete the team's listings"), _catalogue("delete")),
    Right("lost_searches", _("See which searches found nothing"), ("search.view_searchwithoutresult",)),
    Right(
        "taxonomy",
        _("Change needs, kinds and audiences: merge, move, retire them"),
        tuple(f"services.{verb}_taxonomyterm" for verb in ("view", "add", "change")),
    ),
    Right(
        "rhythms",
        _("Say how often each kind of organisation is verified"),
        tuple(f"services.{verb}_verificationrhythm" for verb in ("view", "add", "change", "delete")),
    ),
    Right(
        "concepts",
        _("Change the words that the search understands"),
        tuple(f"search.{verb}_concept" for verb in ("view", "add", "change", "delete")),
    ),
    Right(
        "people",
        _("Manage users, teams and who belongs to which"),
        (
            *(
                f"accounts.{verb}_{model}"
                for verb in ("view", "add", "change", "delete")
                for model in ("user", "team", "membership")
            ),
            *(f"wagtailcore.{verb}_{model}" for verb in ("add", "change") for model in ("workflow", "task")),
        ),
    ),
    Right(
        "messages",
        _("See which messages were sent or failed, and send one again"),
        ("outbox.view_message", "outbox.change_message"),
    ),
    Right(
        "desk",
        _("Take and make calls at the desk; keep persons, needs and orientations of the team"),
        ("referrals.use_desk", "referrals.view_person"),
    ),
    Right(
        "other_team",
        _("Open a person of another team, with a reason and for a limited time"),
        ("referrals.open_other_team",),
    ),
    Right(
        "coordinate",
        _("See the team's workload, reassign it, correct what was entered late or in error"),
        ("referrals.coordinate",),
    ),
    Right("figures", _("See figures without persons, small counts protected"), ("referrals.view_figures",)),
    Right(
        "data_protection",
        _("See who opened which file; export and erase a person's data; run the retention"),
        ("referrals.view_access", "referrals.erase"),
    ),
)
_BY_CODE = {right.code: right for right in RIGHTS}
SEE = _BY_CODE["see"]


@dataclass(frozen=True)
class Role:
    """What somebody is in a team. `everywhere`: its rights over listings reach every team's."""

    code: str
    name: object
    rights: tuple[str, ...]
    everywhere: bool = False
    permissions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = (name for code in self.rights for name in _BY_CODE[code].permissions)
        object.__setattr__(self, "permissions", frozenset(names))


_CONTRIBUTOR = ("see", "write", "export", "verify")
_EDITOR = (*_CONTRIBUTOR, "publish", "import", "answer", "merge", "lost_searches")
_MODERATOR = (*_EDITOR, "review", "hand_over", "delete")

# Who speaks with persons reads listings, and edits none.
_AGENT = ("see", "desk", "other_team")

ROLES = (
    Role("contributor", _("Contributor"), _CONTRIBUTOR),
    Role("editor", _("Editor"), _EDITOR),
    Role("moderator", _("Moderator"), _MODERATOR),
    # Sees all and changes no listing: "everywhere" without the right to write.
    Role(
        "taxonomy_manager",
        _("Taxonomy manager"),
        ("see", "lost_searches", "taxonomy", "rhythms", "concepts"),
        everywhere=True,
    ),
    Role(
        "administrator",
        _("Administrator"),
        (*_MODERATOR, "taxonomy", "rhythms", "concepts", "people", "messages"),
        everywhere=True,
    ),
    Role("agent", _("Agent"), _AGENT),
    Role("community_health_worker", _("Community health worker"), ("see", "desk")),
    Role("coordinator", _("Coordinator"), (*_AGENT, "coordinate", "figures")),
    Role("analyst", _("Analyst"), ("see", "figures")),
    Role("data_protection_officer", _("Data-protection officer"), ("see", "data_protection", "figures")),
)
ROLE_CODES = tuple(role.code for role in ROLES)
BY_CODE = {role.code: role for role in ROLES}
EVERYWHERE = frozenset(role.code for role in ROLES if role.everywhere)
