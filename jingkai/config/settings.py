"""Django's settings: how the product is put together.

Values that an installation chooses come from `environment`.
"""

from __future__ import annotations

from typing import Any

from jingkai.config.environment import (
    APP_ROLE,
    OWNER_ROLE,
    PROJECT,
    database_address,
    environment,
    replica_address,
    secret_key,
)
from jingkai.config.logs import logging_settings

ENVIRONMENT = environment()
BASE_DIR = PROJECT / "jingkai"

DEBUG = ENVIRONMENT.debug
SECRET_KEY = secret_key(ENVIRONMENT)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
BASE_URL = ENVIRONMENT.base_url
DEMO = ENVIRONMENT.demo
SECURE_TRANSPORT = BASE_URL.startswith("https://")

KERNEL = [
    "jingkai.ui",
    "jingkai.kernel.hooks",
    "jingkai.kernel.permissions",
    "jingkai.kernel.submissions",
    "jingkai.kernel.events",
    "jingkai.kernel.audit",
    "jingkai.kernel.rules",
    "jingkai.kernel.pace",
    "jingkai.kernel.calendar",
    "jingkai.kernel.parties",
    "jingkai.kernel.organisation",
    "jingkai.kernel.accounts",
    "jingkai.kernel.search",
    "jingkai.kernel.exchange",
    "jingkai.kernel.notices",
    "jingkai.kernel.federation",
    "jingkai.kernel.backups",
    "jingkai.kernel.health",
]
RECORDS = [
    "jingkai.records.files",
    "jingkai.records.numbering",
    "jingkai.records.typesetting",
    "jingkai.records.seals",
    "jingkai.records.documents",
]
CASEWORK = [
    "jingkai.casework.flow",
    "jingkai.casework.clock",
    "jingkai.casework.cases",
    "jingkai.casework.forms",
    "jingkai.casework.inbox",
    "jingkai.casework.designer",
]
MODULES = [
    "jingkai.modules.enterprises",
    "jingkai.modules.licences",
    "jingkai.modules.approvals",
    "jingkai.modules.hotline",
    "jingkai.modules.windows",
    "jingkai.modules.evaluations",
    "jingkai.modules.efficiency",
]
PRODUCT_APPS = [*KERNEL, *RECORDS, *CASEWORK, *MODULES]
INSTALLED_APPS = [
    *PRODUCT_APPS,
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "jingkai.config.security.ForwardedMiddleware",
    "jingkai.config.streaming.StreamingMiddleware",
    "jingkai.kernel.audit.middleware.OriginMiddleware",
    "jingkai.kernel.health.web.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jingkai.config.security.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "jingkai.records.files.web.middleware.FormLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "jingkai.kernel.submissions.middleware.NullCharacterMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "jingkai.kernel.permissions.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jingkai.kernel.submissions.middleware.RefusalMiddleware",
    "jingkai.kernel.accounts.middleware.AccountMiddleware",
]

if ENVIRONMENT.traces_url:
    MIDDLEWARE.insert(2, "jingkai.kernel.health.web.tracing.TraceMiddleware")

ROOT_URLCONF = "jingkai.config.urls"
WSGI_APPLICATION = "jingkai.config.wsgi.application"
FORM_RENDERER = "jingkai.ui.renderers.FormRenderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "jingkai.ui.drawing.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jingkai.kernel.hooks.context.shell",
                "jingkai.kernel.submissions.context.once_field",
            ],
        },
    }
]

DATABASES = {"default": database_address(ENVIRONMENT).as_django()}
if replica := replica_address(ENVIRONMENT):
    DATABASES["replica"] = replica.as_django()
    DATABASE_ROUTERS = ["jingkai.kernel.hooks.queries.replicas.Router"]
    MIDDLEWARE.insert(2, "jingkai.config.streaming.AgeMiddleware")
REPLICA_LAG = ENVIRONMENT.replica_lag
DATABASE_APP_ROLE = APP_ROLE if ENVIRONMENT.embedded else database_address(ENVIRONMENT, owner=False).user
DATABASE_OWNER_ROLE = OWNER_ROLE if ENVIRONMENT.embedded else database_address(ENVIRONMENT, owner=True).user
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
FORMAT_MODULE_PATH = ["jingkai.config.formats"]
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Accounts -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["jingkai.kernel.accounts.web.adapters.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "jingkai.kernel.accounts.web.validators.PolicyValidator"},
    {"NAME": "jingkai.kernel.accounts.web.validators.WellKnownValidator"},
    {"NAME": "jingkai.kernel.accounts.web.validators.PlaceValidator"},
    {"NAME": "jingkai.kernel.accounts.web.validators.HistoryValidator"},
]
BREACHED_PASSWORDS = ENVIRONMENT.breached_passwords
ACCOUNT_ADAPTER = "jingkai.kernel.accounts.web.adapters.AccountAdapter"
MFA_ADAPTER = "jingkai.kernel.accounts.web.adapters.MFAAdapter"
ACCOUNT_FORMS = {
    "login": "jingkai.kernel.accounts.web.forms.LoginForm",
    "change_password": "jingkai.kernel.accounts.web.forms.ChangePasswordForm",
    "reauthenticate": "jingkai.kernel.accounts.web.forms.PasswordAgainForm",
}
MFA_FORMS = {
    "authenticate": "jingkai.kernel.accounts.web.forms.AuthenticateForm",
    "reauthenticate": "jingkai.kernel.accounts.web.forms.ReauthenticateForm",
    "activate_totp": "jingkai.kernel.accounts.web.forms.ActivateTOTPForm",
    "add_webauthn": "jingkai.kernel.accounts.web.passkeys.AddPasskeyForm",
    "login_webauthn": "jingkai.kernel.accounts.web.passkeys.LoginForm",
    "reauthenticate_webauthn": "jingkai.kernel.accounts.web.passkeys.AgainForm",
    "authenticate_webauthn": "jingkai.kernel.accounts.web.passkeys.SecondFactorForm",
}
# One address is often a whole office: locks stand on the login (accounts), these only slow down floods.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,20/5m/key",
    "change_password": "20/m/user",
    "reauthenticate": "30/m/user",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE_TRANSPORT else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_TOTP_ISSUER = "Jingkai"
USERSESSIONS_TRACK_ACTIVITY = False

# Sessions, cookies, headers -------------------------------------------------------------------------------
SESSION_ENGINE = "jingkai.kernel.accounts.web.sessions"
HOST_ONLY = "__Host-" if SECURE_TRANSPORT else ""
"""A browser takes a cookie of such a name only encrypted, for all of the host, and from no sub-domain."""
SESSION_COOKIE_NAME = f"{HOST_ONLY}jingkai_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE_TRANSPORT
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 30 * 60
CSRF_COOKIE_NAME = f"{HOST_ONLY}jingkai_csrf"
CSRF_COOKIE_SECURE = SECURE_TRANSPORT
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "jingkai.kernel.submissions.middleware.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = f"{HOST_ONLY}django_language"
LANGUAGE_COOKIE_SECURE = SECURE_TRANSPORT
LANGUAGE_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE_TRANSPORT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_TRANSPORT
SECURE_SSL_REDIRECT = SECURE_TRANSPORT and bool(ENVIRONMENT.trusted_proxies)
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$", r"^api/"]
"""What machines ask on the machine itself, without the proxy; plain calls of the interface are refused."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trusted_proxies else None
TRUSTED_PROXIES = list(ENVIRONMENT.trusted_proxies)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# Files ----------------------------------------------------------------------------------------------------
HOME = ENVIRONMENT.home
SECRETS_FOLDER = ENVIRONMENT.secrets
FILES_FOLDER = HOME / "files"
FILES_URL = ENVIRONMENT.files_url
FILES_KEY = ENVIRONMENT.files_key
FILES_SECRET = ENVIRONMENT.files_secret
FILES_CACHE_BYTES = ENVIRONMENT.files_cache * 1024 * 1024
CHECKPOINTS_FOLDER = HOME / "checkpoints"
CHECKPOINTS_COPY_FOLDER = ENVIRONMENT.checkpoints_copy_folder
BACKUP_FOLDER = ENVIRONMENT.backup_folder
BACKUP_HOOK = ENVIRONMENT.backup_hook
FONTS_FOLDER = ENVIRONMENT.fonts_folder
SEALS_FOLDER = SECRETS_FOLDER / "seals"
KEY_DAYS = ENVIRONMENT.key_days
AUTHORITIES_FOLDER = ENVIRONMENT.authorities_folder
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = not ENVIRONMENT.collected_static
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES_FOLDER)},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.collected_static
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Mail and messages ----------------------------------------------------------------------------------------
MAIL = ENVIRONMENT.mail
EMAIL_BACKEND = (
    "jingkai.kernel.notices.connectors.smtp.Backend"
    if MAIL
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = MAIL.host if MAIL else ""
EMAIL_PORT = MAIL.port if MAIL else 25
EMAIL_HOST_USER = MAIL.user if MAIL else ""
EMAIL_HOST_PASSWORD = MAIL.password if MAIL else ""
EMAIL_USE_SSL = bool(MAIL and MAIL.tls == "tls")
EMAIL_USE_TLS = bool(MAIL and MAIL.tls == "starttls")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
SMS_ENDPOINT = ENVIRONMENT.sms_endpoint
SMS_KEY_ID = ENVIRONMENT.sms_key_id
SMS_KEY_SECRET = ENVIRONMENT.sms_key_secret
SMS_SIGN_NAME = ENVIRONMENT.sms_sign_name
ALERT_MAIL = ENVIRONMENT.alert_mail
ALERT_PHONES = ENVIRONMENT.alert_phones
LICENCES_URL = ENVIRONMENT.licences_url
LICENCES_KEY = ENVIRONMENT.licences_key
LICENCES_SECRET = ENVIRONMENT.licences_secret
FILE_SCANNER_URL = ENVIRONMENT.scanner_url
SEALS_URL = ENVIRONMENT.seals_url
SEALS_KEY = ENVIRONMENT.seals_key
SEALS_SECRET = ENVIRONMENT.seals_secret
TODO_URL = ENVIRONMENT.todo_url
TODO_KEY = ENVIRONMENT.todo_key
TODO_SECRET = ENVIRONMENT.todo_secret
HALL_URL = ENVIRONMENT.hall_url
HALL_KEY = ENVIRONMENT.hall_key
HALL_SECRET = ENVIRONMENT.hall_secret
PROJECTS_URL = ENVIRONMENT.projects_url
PROJECTS_KEY = ENVIRONMENT.projects_key
PROJECTS_SECRET = ENVIRONMENT.projects_secret
HOTLINE_URL = ENVIRONMENT.hotline_url
HOTLINE_KEY = ENVIRONMENT.hotline_key
HOTLINE_SECRET = ENVIRONMENT.hotline_secret
HALL_BY_HAND = ENVIRONMENT.hall_by_hand
UNIFIED_LOGIN_URL = ENVIRONMENT.unified_login_url
UNIFIED_LOGIN_SECRET = ENVIRONMENT.unified_login_secret

# Operations -----------------------------------------------------------------------------------------------
TRACES_URL = ENVIRONMENT.traces_url
METRICS_TOKEN = ENVIRONMENT.metrics_token
SILENCED_SYSTEM_CHECKS = ["security.W021"]
"""To be on the browsers' own list (HSTS preload) is for the owner of the whole domain to ask."""
INSTANCE = ENVIRONMENT.instance
METRICS_FOLDER = ENVIRONMENT.metrics_folder
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings(level=ENVIRONMENT.log_level, as_json=ENVIRONMENT.log_format == "json")
