"""Prepares an installation step by step; each step sees for itself whether it has something to do."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from wagtail.models import Locale, Page, Site

from accounts.actions import create_demo_accounts, sync_roles
from accounts.teams import load_teams
from audit.actor import acting
from geo.actions import load_geography
from geo.models import Territory
from sealing.proof import require_right_keys
from search import engines, indexing
from search.actions import load_concepts
from services.admin.workflow import ensure_workflow
from services.care import actions as care
from services.models import Change
from services.stewardship import assign_by_territory
from services.transfer import fixtures

from .models import HomePage

Progress = Callable[[str], None]

HOME_TITLES = {
    "fr": "Trouver une aide sociale ou de santé",
    "nl": "Sociale hulp of zorg vinden",
    "en": "Find social help or health care",
    "de": "Soziale Hilfe oder Pflege finden",
}
HOME_LEADS = {
    "fr": "Dites ce qu'il vous faut et où : nous montrons qui peut aider.",
    "nl": "Zeg wat u nodig hebt en waar: wij tonen wie kan helpen.",
    "en": "Say what you need and where: we show who can help.",
    "de": "Sagen Sie, was Sie brauchen und wo: Wir zeigen, wer helfen kann.",
}


def migrate(progress: Progress) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    progress(f"Preparing the database ({len(plan)} steps) …")
    call_command("migrate", interactive=False, verbosity=0)


@transaction.atomic
def ensure_pages() -> int:
    """A home page in each language, the first language's as the site's root; returns how many were made."""
    made = 0
    first, _created = Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    # Wagtail's migrations make the root; a database that was emptied by hand has none.
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=first))
    home: HomePage | None = None
    for code, _name in settings.LANGUAGES:
        locale, _created = Locale.objects.get_or_create(language_code=code)
        page = HomePage.objects.filter(locale=locale).first()
        if page is None:
            page = HomePage(
                title=HOME_TITLES.get(code, HOME_TITLES["en"]),
                lead=HOME_LEADS.get(code, HOME_LEADS["en"]),
                slug=f"home-{code}",
                locale=locale,
            )
            if home is not None:
                page.translation_key = home.translation_key
            root.add_child(instance=page)
            made += 1
        home = home or page
    if not Site.objects.filter(root_page=home).exists():
        Site.objects.all().delete()
        Site.objects.create(
            hostname="localhost",
            port=80,
            root_page=home,
            is_default_site=True,
            site_name=str(settings.WAGTAIL_SITE_NAME),
        )
        Page.objects.filter(depth=2, slug="home", content_type__model="page").delete()
    return made


def ensure_catalogue(progress: Progress) -> None:
    """Geography, terms and listings, when nothing was ever written; later edits are never overwritten."""
    if not Territory.objects.exists() or not Change.objects.exists():
        progress("Loading the territories of Belgium …")
        load_geography(progress=progress)
    if not Change.objects.exists() or not fixtures_complete():
        progress("Loading the needs, kinds and audiences …")
        with acting("fixtures"):
            fixtures.load_taxonomy()
        progress("Loading the listings …")
        loaded = fixtures.load_listings(progress=progress)
        for refusal in loaded.refused:
            progress(f"  refused: {refusal}")
        mark_fixtures_complete()


def ensure_teams(progress: Progress) -> None:
    """A team for each bassin, and a team in charge of every object that has none."""
    if made := load_teams():
        progress(f"Made {made} teams")
    with acting("system"):
        if given := assign_by_territory():
            progress(f"Put a team in charge of {given:,} services, organisations and places")


def ensure_care(progress: Progress) -> None:
    """How often each kind is verified, and what every listing needs from its team."""
    with acting("system"):
        if made := care.ensure_rhythms():
            progress(f"Made {made} rhythms of verification")
        if made := care.ensure():
            progress(f"Worked out what {made:,} listings need")
        care.follow()


def ensure_concepts(progress: Progress) -> None:
    """The words the search understands: what is new in the project's file is added, what editors changed is kept."""
    loaded = load_concepts(by="fixtures")
    if loaded.created or loaded.updated:
        progress(f"Loaded {len(loaded.created)} new concepts and {len(loaded.updated)} changed ones")
    for refusal in loaded.refused:
        progress(f"  refused: concepts, {refusal}")


def fixtures_complete() -> bool:
    """Whether a load ran to its end once: after a kill in the middle the next run goes on where it stopped."""
    return _marker().exists()


def mark_fixtures_complete() -> None:
    from audit.actions import record

    record(action="fixtures.loaded", object_kind="fixtures", object_id="listings")


def _marker():
    from audit.models import AuditEntry

    return AuditEntry.objects.filter(object_kind="fixtures", object_id="listings", action="fixtures.loaded")


def prepare(progress: Progress) -> None:
    """Everything a fresh clone needs before it serves; a second time it only looks."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    migrate(progress)
    require_right_keys()
    with translation.override(settings.LANGUAGE_CODE):
        ensure_catalogue(progress)
        ensure_teams(progress)
        ensure_care(progress)
        ensure_concepts(progress)
        sync_roles()
        ensure_workflow()
        if made := ensure_pages():
            progress(f"Made the home page in {made} languages")
        if getattr(settings, "DEMO_ACCOUNTS", False):
            create_demo_accounts()
        for engine in engines.named("all"):
            indexing.ensure(engine, progress)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize")
