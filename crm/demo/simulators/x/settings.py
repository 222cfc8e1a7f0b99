"""Settings of the simulator's own process: the look and the words of the product's pages, none of its data."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[4]

DEBUG = False
SECRET_KEY = "x-simulator: guards nothing but the form of a page on this machine"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
INSTALLED_APPS = ["django.contrib.staticfiles", "csp", "django_htmx", "crm.lib"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "crm.demo.simulators.x.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["crm.lib.templatetags.crm_ui"],
            "context_processors": ["django.template.context_processors.request"],
        },
    }
]
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = sorted(BASE_DIR.glob("crm/*/locale"))
TIME_ZONE = "Asia/Jakarta"
USE_TZ = USE_I18N = True
# Cookies know no ports: the product on this machine has some of the same names.
CSRF_COOKIE_NAME = "x-simulator-csrf"
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_NAME = "x-simulator-language"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # pictures come as base64 within JSON
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Refusals are the API's answers, not news for the console.
    "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "ERROR"}},
}
