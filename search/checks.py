"""System checks: what is set wrong is said at start, with what to do."""

from pathlib import Path

from django.conf import settings
from django.core.checks import Error, register

from .engines import elasticsearch_access
from .query.analysis import ALGORITHMS


@register()
def every_language_is_known_to_the_analysis(app_configs, **kwargs):
    unknown = [code for code, _name in settings.LANGUAGES if code not in ALGORITHMS]
    if not unknown:
        return []
    return [
        Error(
            f"No stemmer is named for {', '.join(unknown)}.",
            hint="Add the language to search.query.analysis.ALGORITHMS (a Snowball algorithm's name).",
            id="search.E001",
        )
    ]


@register()
def index_folder_is_ours(app_configs, **kwargs):
    folder = Path(settings.SEARCH_INDEX_DIR)
    if not folder.exists() or folder.is_dir():
        return []
    return [Error(f"{folder} is not a folder.", hint="Set SEARCH_INDEX_DIR to a folder.", id="search.E002")]


@register()
def the_search_server_can_be_asked(app_configs, **kwargs):
    """Looks at the settings only: a server that is down is no reason not to start."""
    if not settings.SEARCH_URL:
        return []
    try:
        elasticsearch_access().client_arguments()
    except ValueError as error:
        return [
            Error(f"{error}.", hint="See SEARCH_URL and what follows it in the settings.", id="search.E003")
        ]
    return []
