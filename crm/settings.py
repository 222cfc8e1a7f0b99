"""The one settings file. Runs with nothing set; production asks for what it must not guess.

A malformed value stops the start with the variable's name. docs/operations.md lists the variables.
"""

import datetime as dt
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from crm.lib import env
from crm.lib.embedded import ensure_servers, local_secret
from crm.lib.observe.logs import logging_settings
from crm.lib.urls import cache_beside, database_from_url

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = env.text("SAPA_ENV", "local") == "production"
DEBUG = env.flag("DEBUG") and not PRODUCTION
VERSION = env.text("SAPA_VERSION", "unreleased")  # the image knows its own

SECRET_KEY = env.required("SECRET_KEY") if PRODUCTION else env.text("SECRET_KEY") or local_secret()
# What seals the secrets of channel connections (crm/lib/sealed.py); the first seals, the others still open.
SEALING_KEYS = env.words("SEALING_KEYS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}")
LIVE_URL = env.text("SAPA_LIVE_URL", "/live/")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "crm.staff.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "pgtrigger",
    "pghistory",
    "crm.lib",
    "crm.events",
    "crm.staff",
    "crm.customers",
    "crm.billing",
    "crm.segments",
    "crm.timeline",
    "crm.knowledge",
    "crm.messaging",
    "crm.cases",
    "crm.visits",
    "crm.calls",
    "crm.privacy",
    "loyalty",
    "caring",
    "social",
    "crm.desk",
    "crm.reports",
    "crm.api",
    "crm.web",
    "crm.demo",
]

MIDDLEWARE = [
    "crm.lib.observe.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.staff.middleware.SignInForFragments",
    "crm.staff.middleware.SessionLimits",
    "crm.staff.middleware.PersonalSettings",
    "crm.staff.middleware.ChangedBy",
    "crm.privacy.taking.ListsTaken",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
ASGI_APPLICATION = "crm.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["crm.lib.templatetags.crm_ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.desk.shell.shell",
                "crm.reports.promise.promise_figures",
            ],
        },
    }
]

ensure_servers()  # gives the URLs that the environment does not, except in production

# Persistent connections are worth 3.9x on short requests (measured); the health check survives a restarted server.
DATABASES = {
    "default": database_from_url(env.required("DATABASE_URL"), env.text("POSTGRES_PASSWORD"))
    | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.text("SAPA_TEST_DB", "test_sapa")},
    }
}
REDIS_URL = env.required("REDIS_URL")
CACHE_URL = env.text("CACHE_URL", cache_beside(REDIS_URL))
# A cache that is away holds up nobody for long: what it counts and remembers can be done without.
CACHE_PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 1}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL, "OPTIONS": CACHE_PATIENCE,
    }
}  # fmt: skip

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "crm.staff.backends.StaffBackend"]
# Argon2 costs an attacker memory and a member of staff a tenth of the time; the others read older passwords.
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2", "Scrypt")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "staff:login", "desk:home", "staff:login"
SESSION_ENGINE = "crm.staff.session_store"
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", 10) * 3600
SESSION_IDLE = dt.timedelta(minutes=env.number("SESSION_IDLE_MINUTES", 60))
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

PASSWORD_RESET_TIMEOUT = 3600
INVITATION_LASTS = dt.timedelta(hours=env.number("INVITATION_HOURS", 72))
OTP_TOTP_ISSUER = "Sapa"
# How many proxies of ours stand before the web processes: the visitor's address is read that far from the right.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
# Whence Kannel may call: what it brings has no signature, only the secret in the address.
SMS_PEERS = env.networks("SMS_PEERS", "127.0.0.0/8,::1")

AXES_FAILURE_LIMIT = env.number("LOCK_AFTER_FAILURES", 5)
AXES_COOLOFF_TIME = dt.timedelta(minutes=env.number("LOCK_MINUTES", 15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "crm.staff.locks.account_of"
AXES_WHITELIST_CALLABLE = "crm.staff.locks.is_sign_on"
AXES_CLIENT_IP_CALLABLE = "crm.staff.visitor.client_ip"
AXES_LOCKOUT_CALLABLE = "crm.staff.locks.keep_response"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # SignIn is our log
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

# The company's own sign-on: OpenID Connect, offered on the log-in page when these are set.
OIDC_RP_CLIENT_ID, OIDC_RP_CLIENT_SECRET = env.text("OIDC_RP_CLIENT_ID"), env.text("OIDC_RP_CLIENT_SECRET")
OIDC_OP_AUTHORIZATION_ENDPOINT = env.text("OIDC_OP_AUTHORIZATION_ENDPOINT")
OIDC_OP_TOKEN_ENDPOINT, OIDC_OP_USER_ENDPOINT = env.text("OIDC_OP_TOKEN_ENDPOINT"), env.text("OIDC_OP_USER_ENDPOINT")
OIDC_OP_JWKS_ENDPOINT = env.text("OIDC_OP_JWKS_ENDPOINT")
OIDC_RP_SIGN_ALGO = env.text("OIDC_RP_SIGN_ALGO", "RS256")
OIDC_AUTHENTICATION_CALLBACK_URL = "staff:company_callback"
OIDC_USE_PKCE, OIDC_CREATE_USER, OIDC_TIMEOUT = True, False, 10
if OIDC_RP_CLIENT_ID:
    AUTHENTICATION_BACKENDS += ["crm.staff.backends.CompanySignOn"]

LANGUAGE_CODE = "id"
# Our words win over those of the packages ("Password" would else be Django's).
LOCALE_PATHS = sorted([*BASE_DIR.glob("crm/*/locale"), *BASE_DIR.glob("*/locale")])
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("English"))]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected files are for production; elsewhere each is found where it lies.
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))) if PRODUCTION else None
MEDIA_ROOT = Path(env.text("SAPA_HOME", str(BASE_DIR / ".sapa"))) / "files"
# Who was erased, so that a restored older backup does not bring them back. Empty: erased.jsonl beside the files.
ERASED_FILE = Path(env.text("ERASED_FILE", "")) if env.text("ERASED_FILE", "") else None
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION  # a file changed on disk is served whole
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Beside the page on another port in the local set-up, whichever name of this machine the page was opened by.
LIVE_ORIGIN = LIVE_URL.split("/live")[0]
LIVE_ORIGINS = sorted({LIVE_ORIGIN, LIVE_ORIGIN.replace("127.0.0.1", "localhost")}) if LIVE_ORIGIN else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", *LIVE_ORIGINS],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
# The operator's own sites, which may show /help/embed/ in a frame; nothing else may be framed by anybody.
FORM_EMBED_ORIGINS = env.origins("FORM_EMBED_ORIGINS")
# Probes and Kannel ask by plain HTTP, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$", r"^hooks/sms/"]
METRICS_TOKEN = env.text("METRICS_TOKEN")
LOGGING = logging_settings(env.choice("LOG_FORMAT", ("json", "text")))
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# A local set-up has no mail server: e-mails are written to files, and the page that sends one says where.
EMAIL_TO_FILES = not PRODUCTION and not env.text("EMAIL_HOST")
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if EMAIL_TO_FILES
    else "crm.messaging.channels.smtp.WatchedBackend"
)
EMAIL_FILE_PATH = MEDIA_ROOT.parent / "mail" if EMAIL_TO_FILES else None
EMAIL_HOST, EMAIL_PORT = env.text("EMAIL_HOST", "localhost"), env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_USER"), env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Sapa <care@sapa.example>")
# Name and address at the head of a printed letter, lines parted by |.
LETTERHEAD = env.text("LETTERHEAD", "Layanan Pelanggan")
# How we are called in what we write and say, and where help is.
OPERATOR_NAME, OPERATOR_HELP = env.text("OPERATOR_NAME", "Telkomsel"), env.text("OPERATOR_HELP", "188")

# A page waits so long for a report; a file in the background may take longer. Longer lists than EXPORT_AT_ONCE rows
# are made there, and kept for EXPORT_DAYS.
REPORT_SECONDS = env.number("REPORT_SECONDS", 15)
REPORT_BACKGROUND_SECONDS = env.number("REPORT_BACKGROUND_SECONDS", 900)
EXPORT_AT_ONCE = env.number("EXPORT_AT_ONCE", 5_000)
EXPORT_DAYS = env.number("EXPORT_DAYS", 7)
# Scheduled reports go to addresses of our own people, and to those of these domains; a larger file goes as a link.
REPORT_MAIL_DOMAINS = env.words("REPORT_MAIL_DOMAINS")
REPORT_MAIL_MEGABYTES = env.number("REPORT_MAIL_MEGABYTES", 8)

# Files are scanned by ClamAV's daemon where one is named (crm/timeline/scanner.py); without it they are kept unscanned.
CLAMD_URL = env.text("CLAMD_URL")

CELERY_BROKER_URL = REDIS_URL
# Whoever presses send does not wait six seconds for a broker that is away: the tables hold the work, beat knocks again.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2, "socket_connect_timeout": 2,
}  # fmt: skip
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A worker outlives its broker: the clock loop needs only the database (architecture.md, traps).
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.api.auth.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["crm.api.auth.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["crm.api.throttle.ClientThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "crm.api.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"  # migrations that refer to it read this
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "crm.api.scopes.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # RFC 9700, as it will be by default from version 4: no implicit and no password grant, no token in an address.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # a token is kept only as its hash
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sapa API",
    "DESCRIPTION": "Cases and contacts for call-centre and GraPARI systems. Every refusal is a problem (RFC 9457).",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "crm.api.schema.finish"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},  # its links lie inside buttons, where no screen reader finds them
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CaseKind": "crm.cases.words.Kind",
        "CaseState": "crm.cases.words.State",
        "ClockKind": "crm.cases.words.ClockKind",
        "Party": "crm.cases.words.Party",
        "Outcome": "crm.cases.words.Outcome",
        "Channel": "crm.timeline.models.Channel",
        "CustomerKind": "crm.customers.models.Customer.Kind",
        "ContactKind": "crm.customers.models.ContactPoint.Kind",
        "LineState": "crm.customers.models.Subscription.State",
        "OrderKind": "crm.customers.models.ServiceOrder.Kind",
        "OrderState": "crm.customers.models.ServiceOrder.State",
        "Registration": "crm.api.v1.lines.REGISTRATIONS",
        "ConsentPurpose": "crm.customers.models.Purpose",
        "ConsentAnswer": "crm.customers.models.Consent.Answer",
        "CallState": "crm.calls.words.CallState",
        "CallStep": "crm.calls.words.Step",
        "TaskState": "caring.words.State",
        "TaskOutcome": "caring.words.Outcome",
        "OutcomeOfPerson": "crm.api.v1.caring.OUTCOMES",
        "Way": "caring.words.Way",
        "StageKind": "caring.words.Kind",
        "StageScope": "caring.words.Scope",
        "LeftOut": "caring.words.Why",
        "VisitPurpose": "crm.visits.words.Purpose",
        "VisitState": "crm.visits.words.VisitState",
        "VisitOutcome": "crm.visits.words.Result",
    },
}
UNFOLD = {
    "SITE_TITLE": "Sapa",
    "SITE_HEADER": "Sapa",
    # Our indigo (static/css/tokens.css) from its palest to its deepest.
    "COLORS": {
        "primary": {
            "50": "#f4f6fe",
            "100": "#e9edfd",
            "200": "#c9d1fb",
            "300": "#96a6ff",
            "400": "#5b70ee",
            "500": "#4a60e0",
            "600": "#2f48cc",
            "700": "#2439a8",
            "800": "#1d2f8a",
            "900": "#1a2870",
            "950": "#141d52",
        }
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
