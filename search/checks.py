"""System checks: what is set wrong is said at start, with what to do."""

from pathlib import Path

from django.conf import settings
from django.core.checks import Error, register

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
