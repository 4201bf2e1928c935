"""Rota's settings: everything that differs between places comes from the environment."""

from __future__ import annotations

import pathlib
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from common import sealing
from config import env

django_stubs_ext.monkeypatch()

BASE_DIR = pathlib.Path(__file__).resolve().parent.parent
ROTA_MODE = env.mode()
ROTA_VERSION = "0.1.0"
IS_PRODUCTION = ROTA_MODE is env.Mode.PRODUCTION

DATA_DIR = pathlib.Path(env.text("ROTA_DATA_DIR", str(BASE_DIR / ".data"))).absolute()
if ROTA_MODE is env.Mode.DEMO:
    # What `make run` gave its parts, so that a command in another shell meets the same copy.
    env.fill_from(DATA_DIR / "demo.env")
ROTA_PORT = env.number("ROTA_PORT", 8000)
ROTA_BASE_URL = env.text("ROTA_BASE_URL", f"http://127.0.0.1:{ROTA_PORT}").rstrip("/")
ROTA_CLOCK_FILE = env.text("ROTA_CLOCK_FILE", "" if IS_PRODUCTION else str(DATA_DIR / "clock"))
if IS_PRODUCTION and ROTA_CLOCK_FILE:
    raise ImproperlyConfigured("ROTA_CLOCK_FILE is set: only a demo's clock can be moved.")

DEBUG = False
SHORTEST_SECRET_KEY = 50
SECRET_KEY = env.secret("ROTA_SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("ROTA_SECRET_KEY is unset: give it at least 50 random characters.")
if IS_PRODUCTION and len(SECRET_KEY) < SHORTEST_SECRET_KEY:
    raise ImproperlyConfigured("ROTA_SECRET_KEY is short: give it at least 50 random characters.")
ALLOWED_HOSTS = env.words("ROTA_HOSTS") or ([] if IS_PRODUCTION else ["127.0.0.1", "localhost"])
USE_X_FORWARDED_HOST = False
CSRF_TRUSTED_ORIGINS = [ROTA_BASE_URL] if ROTA_BASE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "portal.apps.PortalConfig",
    "compensation.apps.CompensationConfig",
    "rotation.apps.RotationConfig",
    "volunteers.apps.VolunteersConfig",
    "outbox.apps.OutboxConfig",
    "audit.apps.AuditConfig",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "django_htmx",
    "template_partials",
    "config.apps.RotaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.AddressMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "config.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.RefusalMiddleware",
]

if ROTA_MODE is env.Mode.TEST:
    MIDDLEWARE.insert(0, "config.middleware.QueryCountMiddleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
            "builtins": ["portal.templatetags.rota"],
        },
    },
]

# ------------------------------------------------------------------ database, cache, broker
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'rota.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A read that turns into a write fails at once under DEFERRED, whatever the time-out.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "config.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rota",
        # Throttling and heartbeats may be missing for a moment; no page fails for them.
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2},
    }
}

# ------------------------------------------------------------------ people and sign-in
AUTH_USER_MODEL = "volunteers.Engineer"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "config.accounts.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/15m/key,30/15m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("ROTA_TRUSTED_PROXIES", 0)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failed"

# ------------------------------------------------------------------ headers
BEHIND_HTTPS = IS_PRODUCTION and env.flag("ROTA_HTTPS", default=True)
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_HTTPS
SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler draws its select arrow and check mark as data:
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ------------------------------------------------------------------ language, time, files
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
# Outside production files are served from where they lie: nothing is to be collected.
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ------------------------------------------------------------------ mail
DEFAULT_FROM_EMAIL = env.text("ROTA_MAIL_FROM", "rota@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
if not IS_PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")

# ------------------------------------------------------------------ the API
REST_FRAMEWORK = {
    # The first one's header is what 401 asks for; sessions need the CSRF token as pages do.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.api_tokens.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.parsing.StrictJsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.api.parsing.JsonAlways",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.refusals_as_json",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
REST_KNOX = {
    "TOKEN_TTL": None,
    "TOKEN_LIMIT_PER_USER": 20,
    "AUTH_HEADER_PREFIX": "Token",
    "MIN_REFRESH_INTERVAL": 3600,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rota",
    "DESCRIPTION": (
        "Volunteer on-call: terms, schedule, PagerDuty, pay. Tokens are made and revoked on the "
        "settings page and nowhere else. Amounts are text in the currency's own decimals, with the "
        "whole minor units beside them. Lists follow `next`. A refusal is "
        "`{code, detail, fields}`. Parameters that a route does not offer are ignored."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ApplicationState": "volunteers.models.Application.State",
        "DraftKind": "rotation.models.Draft.Kind",
        "DraftRuleKind": "rotation.models.DraftRule.Kind",
        "DraftState": "rotation.models.Draft.State",
        "DriftDecision": "rotation.models.Drift.Choice",
        "Level": "rotation.models.LevelName",
        "LookupKind": "rotation.models.Lookup.Kind",
        "PayPeriodState": "compensation.models.PayPeriod.State",
        "PayRequestState": "compensation.models.RequestState",
        "RecalculationState": "compensation.models.Recalculation.State",
        "SyncRunState": "rotation.models.SyncRun.State",
        "SyncStepState": "rotation.models.SyncStep.State",
        "TermState": ["upcoming", "active", "ended"],
    },
}

# ------------------------------------------------------------------ PagerDuty
PAGERDUTY_API_URL = env.text("PAGERDUTY_API_URL", "https://api.pagerduty.com").rstrip("/")
# The newest first; the others still open what they sealed. Without one, no web-hook is taken.
ROTA_WEBHOOK_KEYS = [
    key.strip() for key in env.secret("ROTA_WEBHOOK_KEY").split(",") if key.strip()
]
if not all(map(sealing.is_key, ROTA_WEBHOOK_KEYS)):
    raise ImproperlyConfigured("ROTA_WEBHOOK_KEY holds something that is no key: see the README.")

# ------------------------------------------------------------------ pay
# The month in which the company's own year begins; 1 where it is the calendar's.
ROTA_FISCAL_YEAR_MONTH = env.number("ROTA_FISCAL_YEAR_MONTH", 4)
if ROTA_FISCAL_YEAR_MONTH not in range(1, 13):
    raise ImproperlyConfigured("ROTA_FISCAL_YEAR_MONTH is a month's number, 1 to 12.")

# ------------------------------------------------------------------ log
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "config.log.RequestIdFilter"},
        "readiness": {"()": "config.log.ReadinessFilter"},
        "secret_address": {"()": "config.log.SecretAddressFilter"},
    },
    "formatters": {
        "line": {"format": "%(levelname)s %(name)s %(request_id)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id", "readiness", "secret_address"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Before any handler sees it, whoever adds one.
        "django.request": {"filters": ["secret_address"]},
        "django.server": {"level": "WARNING", "filters": ["secret_address"]},
        # Sweeps that find nothing say nothing, four times a minute each.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
