"""Settings: one file, the same everywhere, read from the environment."""

import os
from pathlib import Path

from django.utils.functional import lazy

from vatio import env
from vatio.secret_key import secret_key

ROOT = Path(__file__).resolve().parent
HOME = Path(env.text("VATIO_HOME", ".vatio")).absolute()

DEBUG = False
# Made, if there is none, when it is first used: a command that signs nothing writes nothing.
SECRET_KEY = env.text("VATIO_SECRET_KEY") or lazy(secret_key, str)(HOME)
PUBLIC_URL = env.text("VATIO_URL").rstrip("/")
THIS_MACHINE = ["127.0.0.1", "localhost", "[::1]"]
# Health checks, those of the supervisor among them, use these names.
ALLOWED_HOSTS = [*env.words("VATIO_HOSTS", default=[]), *THIS_MACHINE]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
ROOT_URLCONF = "vatio.urls"
WSGI_APPLICATION = "vatio.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "vatio.clock",
    "vatio.tenants",
    "vatio.history",
    "vatio.notifications",
    "vatio.people",
    "vatio.catalogue",
    "vatio.tariffs",
    "vatio.accounts",
    "vatio.entitlements",
    "vatio.metering",
    "vatio.readings",
    "vatio.collection",
    "vatio.downloads",
    "vatio.portfolios",
    "vatio.orders",
    "vatio.reminders",
    "vatio.alerts",
    "vatio.purging",
    "vatio.demo_clock",
    "vatio.jobs",
    "vatio.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vatio.web.shell.middleware.security",
    "vatio.web.shell.middleware.well_formed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vatio.web.shell.middleware.language",
    "vatio.web.shell.middleware.readable",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [*sorted((ROOT / "web").glob("*/templates")), ROOT / "notifications" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "vatio.web.shell.templating.environment",
            "context_processors": ["vatio.web.shell.context.page"],
        },
    },
]


def _database() -> dict[str, object]:
    """Return Django's settings for DATABASE_URL or, without it, the embedded server's socket."""
    url = env.text("DATABASE_URL")
    if url:
        return env.database(url)
    return {
        "NAME": "vatio",
        "USER": os.environ.get("VATIO_DATABASE_ROLE", "vatio_owner"),
        "HOST": os.environ.get("VATIO_DATABASE_SOCKET", str(HOME / "run")),
        "PORT": "5432",
        "OPTIONS": {},
    }


_connection = _database()
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_connection,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_connection["OPTIONS"],  # type: ignore[dict-item]
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tenants.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

CSRF_FAILURE_VIEW = "vatio.web.shell.errors.stale_form"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "vatio.web.people.allauth_adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # Ours are in the database: people/rate_limits.py.
INSERTION_RATE = env.number("INSERTION_RATE", default=60, least=1, most=100_000)
INSERTION_BURST = env.number("INSERTION_BURST", default=300, least=1, most=1_000_000)
INSERTION_READINGS_A_DAY = env.number(
    "INSERTION_READINGS_A_DAY", default=2_000_000, least=1, most=10**12
)
PROXIES = env.number("VATIO_PROXIES", default=0, least=0, most=9)
SESSION_ENGINE = "vatio.web.shell.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600

_is_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

EMAIL_URL = env.text("EMAIL_URL")
EMAIL_SENDER = env.text("EMAIL_SENDER") or "vatio@localhost"
SMS_URL = env.text("SMS_URL")
SMS_HEADERS = env.text("SMS_HEADERS")
SMS_BODY = env.text("SMS_BODY")
SMS_ID = env.text("SMS_ID")
SMS_RECEIPT_KEY = env.text("SMS_RECEIPT_KEY")
SMS_A_DAY_PERSON = env.number("SMS_A_DAY_PERSON", default=5, least=0, most=1_000)
SMS_A_DAY_ACCOUNT = env.number("SMS_A_DAY_ACCOUNT", default=50, least=0, most=100_000)
PHONE_COUNTRIES = env.words("PHONE_COUNTRIES", default=["ES"])
DATA_KEYS = env.data_keys("DATA_KEY")
"""What seals the keys of meters; without one, the file `data_key` of the home does."""
COLLECT_PUBLIC, COLLECT_NETWORKS = env.networks("COLLECT_NETWORKS")
COLLECT_AT_ONCE = env.number("COLLECT_AT_ONCE", default=300, least=1, most=5_000)
COLLECT_MODEMS = env.pairs(
    "COLLECT_MODEMS",
    value=env.is_modem,
    example="lugo=/dev/ttyUSB0 or lugo=socket://192.0.2.7:4001",
)
PORT = env.number("PORT", default=8000, least=1, most=65535)
PLATFORM_ADDRESS = PUBLIC_URL or f"http://127.0.0.1:{PORT}"
"""The address with which links in messages begin."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"screen": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        # 5xx responses, with their traceback; 4xx are warnings, and anybody can cause them at will.
        "django.request": {"handlers": ["screen"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["screen"], "level": "CRITICAL", "propagate": False},
        "waitress": {"handlers": ["screen"], "level": "ERROR", "propagate": False},
    },
}

# The worker alone imports the tasks: other processes defer them by their names.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["vatio.jobs.tasks", "vatio.demo.tasks"]

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = sorted((ROOT / "web").glob("*/static"))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "vatio.web.analysis.uplot.UPlotFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
