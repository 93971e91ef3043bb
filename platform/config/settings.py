"""Settings: one set for every place, varied by environment variables only."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.secrets import secret

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
# Where `make run` serves from, for a command typed beside it; the environment wins.
addresses = VAR_DIR / "addresses.env"
if addresses.exists():
    env.read_env(addresses)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or secret(VAR_DIR / "secret_key")
# They encrypt what parties tell the mediator and mark in secret: the first seals, all open.
PRIVATE_KEYS = env.list("PRIVATE_KEYS", default=[]) or [secret(VAR_DIR / "private_key")]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", False)
DEMO = env.bool("DEMO", False)

INSTALLED_APPS = [
    "accounts",
    "audit",
    "notifications",
    "units",
    "negotiation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "channels",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "guardian",
    "knox",
    "rest_framework",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "negotiation.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = None

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "negotiation.web.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

database = env.db_url("DATABASE_URL", default="postgres:///tongchou")
pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 10}
# Taken by each connection (audit.roles). Empty: that of the address, who owns the tables, migrates and runs commands.
DATABASE_ROLE = env.str("DATABASE_ROLE", "")
# Not by Django's `assume_role`: that asks the pool for a second connection while it makes the first.
taken = {"options": f"-c role={DATABASE_ROLE}"} if DATABASE_ROLE else {}
# Statements that ask for it are prepared (`negotiation.casting`); Django's own are not, being bound by the client.
prepared = {"prepare_threshold": 5}
# A socket's folder travels as libpq has it: postgres://user@/name?host=/folder
options = database.get("OPTIONS", {}) | {"pool": pool} | prepared | taken
DATABASES = {"default": database | {"CONN_MAX_AGE": 0, "OPTIONS": options}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_PREFIX", ""),
        # Nothing that is kept there is worth waiting for.
        "OPTIONS": {"socket_timeout": 2, "retry": Retry(NoBackoff(), 0)},
    }
}
SESSION_ENGINE = "accounts.sessions"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": env.str("CHANNEL_PREFIX", "tongchou")},
    }
}
# Celery's transport names a socket differently from redis-py.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "tongchou")
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "cluster-missing": {"task": "negotiation.tasks.cluster_pending", "schedule": 30.0},
    "ask-witnesses": {"task": "audit.tasks.ask_witnesses", "schedule": 60.0},
    "close-due-ballots": {"task": "negotiation.tasks.close_due_ballots", "schedule": 15.0},
    "close-due-polls": {"task": "negotiation.tasks.close_due_polls", "schedule": 15.0},
    "open-agreements": {"task": "negotiation.tasks.open_waiting_agreements", "schedule": 300.0},
    "deliver-messages": {"task": "notifications.tasks.deliver_due", "schedule": 30.0},
    "compare-missing": {"task": "negotiation.tasks.compare_pending", "schedule": 30.0},
    "exports-missing": {"task": "negotiation.tasks.exports_pending", "schedule": 30.0},
    "follow-mandates": {"task": "negotiation.tasks.follow_mandates", "schedule": 30.0},
    "letters-missing": {"task": "negotiation.tasks.letters_pending", "schedule": 30.0},
    "papers-missing": {"task": "negotiation.tasks.papers_pending", "schedule": 30.0},
    "mediate-missing": {"task": "negotiation.tasks.mediate_pending", "schedule": 30.0},
    "review-logs": {"task": "negotiation.tasks.reviews_pending", "schedule": 15.0},
    "seal-waiting": {"task": "audit.tasks.sequence_waiting", "schedule": 15.0},
    "read-missing": {"task": "negotiation.tasks.read_pending", "schedule": 30.0},
    "send-digests": {"task": "negotiation.tasks.send_digests", "schedule": crontab(minute=5, hour="8-20")},
    "tell-findings": {"task": "negotiation.tasks.tell_findings", "schedule": 600.0},
    "tell-overdue": {"task": "negotiation.tasks.tell_overdue", "schedule": 600.0},
    "tell-promises": {"task": "negotiation.tasks.tell_promises", "schedule": 600.0},
    "tell-waiting": {"task": "negotiation.tasks.spread_waiting", "schedule": 30.0},
    "rescore-missing": {"task": "negotiation.tasks.score_pending", "schedule": 30.0},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_ADAPTER = "accounts.adapter.ClosedAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "come_in": env.str("COME_IN_RATE", "60/10m/ip,10/10m/key"),  # the code of a letter
    "come_in_phone": "60/10m/ip,3/10m/key",  # text messages to one number
    "passphrase": env.str("PASSPHRASE_RATE", "60/10m/ip,10/10m/key"),  # of a trustee
}
INVITATION_DAYS = env.int("INVITATION_DAYS", 90)  # that the code of a letter holds
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tongchou"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": env.json("OIDC_APPS", default=[])}}
# smtp+tls://user:password@host:587; without it mail is written to the console.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", "tongchou@localhost")
# Where people find this site; messages begin their links with it.
SITE_ADDRESS = env.str("SITE_ADDRESS", "http://localhost:8000").rstrip("/")
# A function of address, text and key (notifications.gateways.webhook is one); without it text messages are held.
SMS_GATEWAY = env.str("SMS_GATEWAY", "")
SMS_WEBHOOK_URL = env.str("SMS_WEBHOOK_URL", "")
SMS_WEBHOOK_HEADER = env.str("SMS_WEBHOOK_HEADER", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "negotiation.api.operations.OperationSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANON", "120/min"),
        "user": env.str("API_RATE_USER", "600/min"),
        "login": env.str("API_RATE_LOGIN", "10/min"),
    },
    "EXCEPTION_HANDLER": "negotiation.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=env.int("API_TOKEN_DAYS", 90)), "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tongchou",
    "DESCRIPTION": "A negotiation table for land plans.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", "") or VAR_DIR / "media")
# Of one attached file, and of all files of a party in a room.
ATTACHMENT_BYTES = env.int("ATTACHMENT_BYTES", 10_000_000)
ATTACHMENT_PARTY_BYTES = env.int("ATTACHMENT_PARTY_BYTES", 100_000_000)
# Put there by the front-end build; apart from the static files, for no browser asks for them.
PRINT_FONTS = BASE_DIR / "build" / "fonts"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# The decision log: the host in its name, and the file of the key that seals it.
LOG_ORIGIN = env.str("LOG_ORIGIN", "localhost")
LOG_KEY_FILE = Path(env.str("LOG_KEY_FILE", "") or VAR_DIR / "log_key")
# Or a PKCS#11 token (audit.tokens): the maker's library, the token's and the key's label, and a file with the PIN.
LOG_PKCS11_MODULE = env.str("LOG_PKCS11_MODULE", "")
LOG_PKCS11_TOKEN = env.str("LOG_PKCS11_TOKEN", "tongchou")
LOG_PKCS11_PIN_FILE = env.str("LOG_PKCS11_PIN_FILE", "") or str(VAR_DIR / "log_pin")
LOG_PKCS11_KEY = env.str("LOG_PKCS11_KEY", "log")
LOG_WITNESSES = env.str("LOG_WITNESSES", "")  # a policy file of who cosigns the checkpoints (audit.witnesses)
LOG_SEAL_SECONDS = env.int("LOG_SEAL_SECONDS", 60)  # an entry that waited longer for its seal is worth a look
# What was sealed last; kept apart from the database, so that a restored backup shows.
LOG_MARKS = Path(env.str("LOG_MARKS", "") or VAR_DIR / "log_marks")

MAP_TILES = env.str("MAP_TILES", "")
# What one seat may say in a room within an hour: comments, private messages and reports together.
COMMENTS_PER_HOUR = env.int("COMMENTS_PER_HOUR", 30)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([MAP_TILES.split("{")[0]] if MAP_TILES else [])],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = True
# Guardian's anonymous user is not used: a published room is readable without any permission row.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
