"""Django's settings. A county sets the few values of `environment.py`; everything else is decided here."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from yicun.base.cluster.connections import django_databases
from yicun.config.environment import Environment
from yicun.config.secret import signing_secret
from yicun.kernel.words import PRODUCT

ENVIRONMENT = Environment()
DATA = ENVIRONMENT.data.absolute()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = signing_secret(DATA)
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts
ROOT_URLCONF = "yicun.config.urls"
WSGI_APPLICATION = "yicun.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "yicun.base",  # before allauth: its sign-in pages stand in for allauth's own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "yicun.territory",
    "yicun.force",
    "yicun.registry",
    "yicun.matters",
    "yicun.relief",
    "yicun.triage",
    "yicun.orglife",
    "yicun.portal",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "yicun.base.middleware.OneTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yicun.base.middleware.WhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yicun.base.middleware.SayRefusal",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yicun.portal.frame.frame",
            ],
        },
    }
]

POOL = {"min_size": 1, "max_size": ENVIRONMENT.web_connections} if ENVIRONMENT.web_connections else None
DATABASES = django_databases(DATA, ENVIRONMENT.role, pool=POOL, patience=ENVIRONMENT.web_patience)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "base_cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yicun.base.pages.DigestedFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
MOST_REQUEST_MB = 120
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Who is asking: `base` may not import `force`, so the way to it is named here.
ACTOR_FOR = "yicun.force.queries.actor_for"
PATHS_WITHOUT_TRANSACTION = frozenset({"/healthz", "/readyz"})

AUTH_USER_MODEL = "base.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "yicun.base.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/15m/ip,5/15m/key",
    "public_report": "20/h/ip,600/h/key",
    "public_follow": "60/15m/ip,3000/15m/key",
}
ACCOUNT_USER_DISPLAY = "yicun.base.accounts.display"
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PRODUCT

SESSION_IDLE = timedelta(minutes=ENVIRONMENT.session_idle_minutes)
SESSION_ABSOLUTE = timedelta(hours=ENVIRONMENT.session_hours)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SECURE_SSL_REDIRECT = False
# TLS ends at the web server in front: without its word every form sent from an https page counts as from elsewhere.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_https else None
SECURE_HSTS_SECONDS = 180 * 24 * 3600 if ENVIRONMENT.is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

PROCRASTINATE_IMPORT_PATHS = [
    "yicun.base.jobs",
    "yicun.matters.jobs",
    "yicun.registry.jobs",
    "yicun.relief.jobs",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "yicun.config.secret.LineWithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Whoever knocks under another name is answered; a stack of lines for each knock would fill the disk.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
