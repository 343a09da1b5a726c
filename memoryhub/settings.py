"""All settings, read from the environment (or a `.env` file beside manage.py).

docs/configuration.md explains each; `manage.py check` says what is wrong with one and how to mend it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext

from memoryhub.api_description import REST_FRAMEWORK as REST_FRAMEWORK
from memoryhub.api_description import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from memoryhub.content_security import POLICY
from memoryhub.database_settings import database
from memoryhub.environment import Environment, address
from memoryhub.log_settings import logging
from memoryhub.provider_settings import budgets, prices, providers
from memoryhub.schedule import SCHEDULE
from memoryhub.secret_key import kept_secret

# Lets annotations such as ModelAdmin[User] be evaluated.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR / ".env")

DATA_DIR = Path(env.str("MEMORYHUB_DATA", default=str(BASE_DIR / "var"))).expanduser().resolve()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR)

# Where we are reached. HOST and PORT are what the web server binds; PUBLIC_URL is what people type.
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]", HOST]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
elif HOST in ("0.0.0.0", "::") and not env.list("ALLOWED_HOSTS", default=[]):  # noqa: S104 (the operator's choice)
    ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_URL.startswith("https:") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https:")
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=3)
WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=4)

INSTALLED_APPS = [
    "graphs",
    "memories",
    "accounts",
    "memoryhub",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
]
# What calls under /v1/, /v2/ and /v3/ pass through; see memoryhub/lane.py.
API_MIDDLEWARE = [
    "memoryhub.middleware.request_id",
    "memoryhub.middleware.rate_limit_headers",
    "memoryhub.middleware.database_outage",
    "django.middleware.security.SecurityMiddleware",
    "memoryhub.middleware.refuse_nul",
    "memoryhub.middleware.collapse_slashes",
    "memoryhub.middleware.api_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = [
    "memoryhub.middleware.drain_body",
    "memoryhub.lane.api_lane",
    "memoryhub.middleware.request_id",
    "memoryhub.middleware.rate_limit_headers",
    "memoryhub.middleware.database_outage",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "memoryhub.middleware.refuse_nul",
    "memoryhub.middleware.collapse_slashes",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.principal",
]
ROOT_URLCONF = "memoryhub.urls"
WSGI_APPLICATION = "memoryhub.wsgi.application"
# A client's paths are exact and it doesn't follow redirects: a missing slash is a 404 that says so.
APPEND_SLASH = False
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
                "memories.pages.context.chrome",
            ]
        },
    }
]

# Database: see memoryhub/database_settings.py.
_database, EMBEDDED_POSTGRES = database(env, DATA_DIR)
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in throttles need a cache that all processes share; with no Redis that is the database.
CACHES = {
    "default": address(
        lambda: env.cache("CACHE_URL", default="dbcache://cache"),
        "CACHE_URL is not the address of a cache. Write it as rediscache://host:6379/1, or unset it.",
    )
}

# Celery. The broker only rings the bell, the database is the truth: see docs/architecture.md.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="pgmq://localhost/")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("pgmq"):
    from memoryhub.broker import pgmq_options

    CELERY_BROKER_TRANSPORT_OPTIONS = pgmq_options(DATABASES["default"])
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_CONCURRENCY = WORKER_CONCURRENCY
CELERY_WORKER_POOL = "threads"  # the work waits for models and for Postgres; one process holds one embedder
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_DEFAULT_QUEUE = "memoryhub"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = SCHEDULE

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_SESSION_REMEMBER = True
# Sign-in throttles count addresses; behind proxies, the one that the outermost of ours saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SIGNUP_OPEN = env.bool("MEMORYHUB_SIGNUP_OPEN", default=True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# Without a mail server, messages are written to the log and addresses are taken as given.
EMAIL_CONFIG = address(
    lambda: env.email("EMAIL_URL", default="consolemail://"),
    "EMAIL_URL is not the address of a mail server. Write it as smtp+tls://user:password@host:587, or unset it.",
)
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="MemoryHub <memoryhub@localhost>")
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if env.str("EMAIL_URL", default="") else "none"

# HTTP API
# Of a body, a form's or the API's, in bytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_BODY_BYTES", default=10485760)
# Of an image or document that comes with a message, in bytes.
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=10485760)
# What every key and project may do unless Django admin says otherwise of it; see accounts/rates.py.
RATE_LIMIT_PER_KEY = env.str("RATE_LIMIT_PER_KEY", default="30000/min")
RATE_LIMIT_PER_PROJECT = env.str("RATE_LIMIT_PER_PROJECT", default="none")
QUOTA_MEMORIES_PER_PROJECT = env.int("QUOTA_MEMORIES_PER_PROJECT", default=0)
QUOTA_ADDS_PER_MONTH = env.int("QUOTA_ADDS_PER_MONTH", default=0)

# Models. Shaped like STORAGES: kind -> BACKEND and OPTIONS; see memoryhub/provider_settings.py and providers/build.py.
PROVIDERS = providers(env)
MODEL_PRICES = prices(env)
MODEL_BUDGETS = budgets(env)
# How many tokens of a conversation are read in one call: attention wanes long before a model's window ends.
EXTRACTION_TOKENS = max(env.int("EXTRACTION_TOKENS", default=6000), 500)
# How many of the best a reranker reads, and whether it does where a call doesn't say.
RERANK_CANDIDATES = max(env.int("RERANK_CANDIDATES", default=50), 1)
RERANK_ALWAYS = env.bool("RERANK_ALWAYS", default=False)
# What memoryhub/checks.py looks at.
RERANK_BASE_URL = env.str("RERANK_BASE_URL", default="")
RERANK_MODEL = env.str("RERANK_MODEL", default="")
QUERY_REWRITING = env.bool("QUERY_REWRITING", default=False)
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_VISION_MODEL = env.str("OPENAI_VISION_MODEL", default="")
EMBEDDING_BASE_URL = env.str("EMBEDDING_BASE_URL", default="")
EMBEDDING_MODEL = env.str("EMBEDDING_MODEL", default="")
# While projects change from an embedder on another server: the key to that one.
PREVIOUS_EMBEDDING_API_KEY = env.str("PREVIOUS_EMBEDDING_API_KEY", default="")

# How a message becomes a memory and a query an answer: dotted paths, in order.
INGESTION = [
    "memories.ingestion.attachments.read",
    "memories.ingestion.privacy.redact",
    "memories.services.surroundings.gather",
    "memories.ingestion.steps.extract",
    "memories.ingestion.privacy.vet",
    "memories.ingestion.steps.embed",
    "memories.ingestion.privacy.exclude_topics",
]
RETRIEVERS = ["memories.recall.dense.Dense", "memories.recall.lexical.Lexical"]
BOOSTS = [
    "memories.recall.context.Context",
    "memories.recall.context.Window",
    "memories.recall.context.Sitting",
    "memories.recall.boosts.Person",
    "memories.recall.boosts.Answer",
    "memories.recall.boosts.Substance",
    "memories.recall.boosts.Time",
    "memories.recall.boosts.Standing",
]
# NumPy's own threads would take the cores from other requests for no gain at the sizes that a search has.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Of each web process, for the memories of the people that were asked about lately; 0 searches in Postgres always.
RECALL_INDEX_MEGABYTES = env.int("RECALL_INDEX_MEGABYTES", default=128)
# From how many memories in its scope on a search may use an index on their vectors; 0 for never. And what may be taken
# of the database server's memory to make one.
VECTOR_INDEX_FROM = env.int("VECTOR_INDEX_FROM", default=20_000)
VECTOR_INDEX_MEGABYTES = max(env.int("VECTOR_INDEX_MEGABYTES", default=512), 1)
EVENT_LEASE_SECONDS = env.int("EVENT_LEASE_SECONDS", default=20)
EVENT_MAX_TRIES = env.int("EVENT_MAX_TRIES", default=6)
TRASH_DAYS = env.int("TRASH_DAYS", default=30)
TOMBSTONE_DAYS = env.int("TOMBSTONE_DAYS", default=730)
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", default=30)

# Addresses that apps and people choose (webhooks, links in messages) are asked only if they are public, or in these.
OUTBOUND_ALLOWED_NETWORKS = env.list("OUTBOUND_ALLOWED_NETWORKS", default=[])

# The graph's optional second store.
NEO4J_URI = env.str("NEO4J_URI", default="")
NEO4J_USER = env.str("NEO4J_USER", default="neo4j")
NEO4J_PASSWORD = env.str("NEO4J_PASSWORD", default="")

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"

# Static files: from the source tree, so that nothing has to be collected before the first start.
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = POLICY
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = logging(level=env.str("LOG_LEVEL", default="INFO"))
