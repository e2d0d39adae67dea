"""Settings common to every place the directory runs; development, test and production build on them."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parents[2]
# Everything that is made while running (database, index, uploads, keys) lives here and nowhere else.
VAR_DIR = Path(os.environ.get("DIRECTORY_VAR", BASE_DIR / "var"))

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "modeltranslation",  # before django.contrib.admin and the catalogue: it patches their fields
    "directory_site",
    "api",
    "referrals",
    "search",
    "services",
    "accounts",
    "outbox",
    "geo",
    "audit",
    "sealing",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.settings",
    "wagtail.locales",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "directory_site.locale.PageLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "directory_site.urls"
WSGI_APPLICATION = "directory_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "directory_site.context.site",
            ],
        },
    },
]

# SQLite's write lock is taken when a transaction begins (no upgrade dead-lock), readers go on in WAL mode, and the
# connection is kept: opening one costs more than most queries.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
}


def databases(default_name: str) -> dict:
    """DATABASES from DATABASE_URL, or SQLite in VAR_DIR/default_name."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return {"default": dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    VAR_DIR.mkdir(parents=True, exist_ok=True)  # SQLite makes its file, not the folder
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(VAR_DIR / default_name),
            "OPTIONS": SQLITE_OPTIONS,
            "CONN_MAX_AGE": None,
        }
    }


DATABASES = databases("directory.sqlite3")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "services.backend.TeamBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"
WAGTAILADMIN_USER_LOGIN_FORM = "accounts.forms.SignInForm"
DESK_HOME = "directory_site.desk.door.home_of"  # where somebody goes after signing in whose work is the desk
# Where whoever has not done the second step is led to it; elsewhere the site takes them for a visitor.
SIGN_IN_PREFIXES = ("/admin/", "/desk/")
# Whoever holds one of these needs a second factor: who sees persons, and who could let somebody see them.
SECOND_FACTOR_REQUIRED = True
SECOND_FACTOR_FOR = ("referrals.view_person", "accounts.change_membership", "accounts.change_user")
SECOND_FACTOR_FAILURES = 5  # wrong codes, then none is looked at for so many minutes
SECOND_FACTOR_LOCK_MINUTES = 15
# A session ends so long after the last page that its user opened, and so long after the sign-in.
SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "30"))
SESSION_HOURS = int(os.environ.get("SESSION_HOURS", "10"))
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
# Wrong passwords, counted for a name from an address; the fifth is answered 429, and so is the right one afterwards.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Beside it, within the same time: one name tried from many addresses, one address that tries many names. Far above what
# an office behind one address mistypes, and above what locks a colleague out for fun (NIST SP 800-63B: at most 100).
AXES_HANDLER = "accounts.sign_in.Handler"
SIGN_IN_FAILURES_OF_A_NAME = 50
SIGN_IN_FAILURES_OF_AN_ADDRESS = 100
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who waits knows how long
AXES_CLIENT_IP_CALLABLE = "accounts.client.client_network"
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.locked_out"
# People type passwords where the name belongs: a keyed hash is counted, and nothing of it is written down.
AXES_USERNAME_CALLABLE = "accounts.sign_in.typed_name"
AXES_CLIENT_STR_CALLABLE = "accounts.sign_in.nobody"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# The languages of the site, in the order of the switch. Adding one (Arabic: ("ar", "العربية")) is this line, the same
# line in services' migrations by `makemigrations`, and a catalogue in locale/.
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = "fr"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"
FORMAT_MODULE_PATH = None

MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_LANGUAGES = tuple(code for code, _name in LANGUAGES)
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": MODELTRANSLATION_LANGUAGES}

WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_SITE_NAME = _("Social and health directory")
WAGTAILADMIN_BASE_URL = os.environ.get("DIRECTORY_BASE_URL", "http://localhost:8000")
WAGTAIL_ENABLE_UPDATE_CHECK = False  # no call to a third party from an editor's browser
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_AUTOSAVE_INTERVAL = (
    700  # milliseconds after the last key: saved two seconds later, not at every letter
)
WAGTAIL_USER_TIME_ZONES = ["Europe/Brussels"]  # the one there is; a guess breaks the account page

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

# Files that people import. Kept outside MEDIA_ROOT, which is served: nobody but the import reads them.
IMPORT_ROOT = VAR_DIR / "imports"
IMPORT_MAX_BYTES = int(os.environ.get("IMPORT_MAX_MB", "50")) * 1024 * 1024
IMPORT_MAX_ROWS = 100_000

# Static files straight from the source folders; production uses hashed and compressed names instead.
STORAGES_DEV = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Elasticsearch when a URL is given (http(s)://…, several separated by commas for the nodes of a cluster), else the
# embedded index in VAR_DIR. An API key, or a user and a password; a file with the authority of an https server that
# this machine does not know; how long a search may wait before the embedded index answers instead; copies of the index
# on other nodes ("": one as soon as there is a second node).
SEARCH_URL = os.environ.get("SEARCH_URL", "")
SEARCH_INDEX_PREFIX = os.environ.get("SEARCH_INDEX_PREFIX", "social-health-directory")
SEARCH_API_KEY = os.environ.get("SEARCH_API_KEY", "")
SEARCH_USER = os.environ.get("SEARCH_USER", "")
SEARCH_PASSWORD = os.environ.get("SEARCH_PASSWORD", "")
SEARCH_CA_FILE = os.environ.get("SEARCH_CA_FILE", "")
SEARCH_TIMEOUT_SECONDS = float(os.environ.get("SEARCH_TIMEOUT_SECONDS", "0.6"))
SEARCH_REPLICAS = os.environ.get("SEARCH_REPLICAS", "")
SEARCH_INDEX_DIR = VAR_DIR / "index"
# How long counts of searches that found nothing are kept: a year and some weeks, to compare a week with last year's.
SEARCH_LOG_WEEKS = int(os.environ.get("SEARCH_LOG_WEEKS", "60"))

# "nominatim+https://host" or "photon+https://host"; empty: the directory's own gazetteer only.
GEOCODER_URL = os.environ.get("GEOCODER_URL", "")
# Dotted path of a machine that translates (services.translating.machine), e.g.
# services.translating.libretranslate.LibreTranslate; empty: no text leaves this machine. Its server, key and patience.
MACHINE_TRANSLATION = os.environ.get("MACHINE_TRANSLATION", "")
MACHINE_TRANSLATION_URL = os.environ.get("MACHINE_TRANSLATION_URL", "")
MACHINE_TRANSLATION_KEY = os.environ.get("MACHINE_TRANSLATION_KEY", "")
MACHINE_TRANSLATION_SECONDS = float(os.environ.get("MACHINE_TRANSLATION_SECONDS", "20"))
# A tile server's template ("https://tiles.example/{z}/{x}/{y}.png"). Empty: the map draws the communes' outlines, and
# no visitor's address or place is told to a third party.
MAP_TILES_URL = os.environ.get("MAP_TILES_URL", "")
MAP_TILES_ATTRIBUTION = os.environ.get("MAP_TILES_ATTRIBUTION", "")
# Suggestions of the public: how long somebody needs at least to fill in the form, how long a page may stay open, how many
# messages one address may send (counted by keyed hashes, for a day), and how many days an unanswered sender's e-mail
# and, after the decision, the comment are kept.
SUGGESTION_MIN_SECONDS = 3
SUGGESTION_MAX_SECONDS = 86_400
SUGGESTIONS_PER_HOUR = int(os.environ.get("SUGGESTIONS_PER_HOUR", "10"))
SUGGESTIONS_PER_DAY = int(os.environ.get("SUGGESTIONS_PER_DAY", "40"))
SUGGESTION_KEEP_SENDER_DAYS = 90
SUGGESTION_KEEP_COMMENT_DAYS = int(os.environ.get("SUGGESTION_KEEP_COMMENT_DAYS", "30"))
# How many days an agent's report from a call stands when nobody settles it (services.reports.rules says why).
REPORT_FULL_DAYS = int(os.environ.get("REPORT_FULL_DAYS", "14"))
REPORT_NO_ANSWER_DAYS = int(os.environ.get("REPORT_NO_ANSWER_DAYS", "14"))
# How many proxies of ours stand before the site and add the client to X-Forwarded-For; 0: the connection's own address.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
DEMONSTRATION = False  # the banner that says that the data are for demonstration

# Sealed texts (personal data): Fernet keys, the newest first, and the secret of the hashes they are found by. Production
# takes both from the environment and refuses to start without; see "Keys" in docs/operations.md.
SEALING_KEYS = [key.strip() for key in os.environ.get("SEALING_KEYS", "").split(",") if key.strip()]
SEALING_HASH_KEY = os.environ.get("SEALING_HASH_KEY", "")

# Persons at the desk. RETENTION: days by kind in place of the defaults of referrals/retention.py ("person=300,access=365"
# in the environment). The nightly job forgets only when RETENTION_RUN is "1"; else it counts what would go. The log of
# what was forgotten stands outside the database, so that it is replayed over a restored one: back it up apart.
RETENTION = {
    kind.strip(): int(days)
    for kind, _equals, days in (
        part.partition("=") for part in os.environ.get("RETENTION", "").split(",") if part.strip()
    )
}
RETENTION_RUN = os.environ.get("RETENTION_RUN", "") == "1"
RETENTION_LOG = Path(os.environ.get("RETENTION_LOG", VAR_DIR / "forgotten.jsonl"))
# Days after an orientation: asking the person, reminding a service that has a file, letting go (referrals.waiting.DAYS).
FOLLOW_UP_DAYS = {
    kind.strip(): int(days)
    for kind, _equals, days in (
        part.partition("=") for part in os.environ.get("FOLLOW_UP_DAYS", "").split(",") if part.strip()
    )
}
# How long a file of another team stays open; look-ups of persons an agent may do in an hour; from how many opened files
# in a day an agent stands on the data-protection officer's page.
OTHER_TEAM_HOURS = int(os.environ.get("OTHER_TEAM_HOURS", "8"))
LOOKUPS_PER_HOUR = int(os.environ.get("LOOKUPS_PER_HOUR", "30"))
MANY_FILES_A_DAY = int(os.environ.get("MANY_FILES_A_DAY", "40"))

# Mail: the server that takes ours (production), how long each of its answers may take, and who writes.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL", "") == "1"
EMAIL_TIMEOUT = 20  # seconds; ten answers of one delivery stay under OUTBOX_LEASE_SECONDS
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "directory@localhost")
# Messages that wait to be sent: a gateway by channel (see outbox.gateways), how long a sender has for one message before
# another takes it, after how many attempts it is given up, and how long its recipient is kept then for a resend.
OUTBOX_GATEWAYS = {
    "email": "outbox.gateways.email.MailGateway",
    "sms": "outbox.gateways.console.ConsoleGateway",
}
OUTBOX_LEASE_SECONDS = 300
OUTBOX_ATTEMPTS = 16
OUTBOX_KEEP_RECIPIENT_DAYS = 7

# "1": organisations are asked by e-mail whether their listings are still correct (services.verification.asking). Off
# until somebody has read what would be sent, and to whom.
DIRECTORY_ASK_ORGANISATIONS = os.environ.get("DIRECTORY_ASK_ORGANISATIONS", "") == "1"
# How often one link, and one address, may be opened in ten minutes.
LINK_VISITS = 30
ADDRESS_VISITS = 120

# Background work. "default" runs at once where it is asked for: Wagtail's own tasks keep its index of references, which
# is right in the same transaction or wrong. Ours are `@task(backend="background")`: a row in the caller's transaction,
# taken by `manage.py run_worker`.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}

# Public pages: nothing inline without a nonce, nothing from elsewhere. Wagtail's admin still needs inline scripts
# (its roadmap #92); directory_site.csp loosens the policy there and only there.
_TILES = ["/".join(MAP_TILES_URL.split("/")[:3])] if MAP_TILES_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],  # Leaflet positions its markers by style attributes
        "img-src": [SELF, "data:", *_TILES],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a listing with many hours in four languages is a long form

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no_messages": {"()": "directory_site.failures.WithoutMessages"},
        "no_links": {"()": "directory_site.failures.WithoutLinks"},
    },
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_links"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django gives these two handlers of their own in debugging: every line came twice, once with its signed links.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # A failed request's or task's exception may quote what it worked on.
        "django.request": {"filters": ["no_messages"]},
        "django_tasks": {"filters": ["no_messages"]},
        "django.tasks": {"filters": ["no_messages"]},
        "django_tasks_db": {
            "filters": ["no_messages"],
            "level": "ERROR",
        },  # that it was told to end is no warning
    },
}
