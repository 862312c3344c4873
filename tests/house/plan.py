"""What the house is made of, as data: adding a module, a file or a folder means adding a word here."""

# Vertical slices, top to bottom (docs/map.md says what each is for);
# modules that are still to come are listed already.
FEATURES = (
    "appraisal",
    "planning",
    "analysis",
    "triage",
    "fire",
    "visits",
    "orglife",
    "relief",
    "matters",
    "registry",
    "force",
    "territory",
)
PURE = ("text", "solvers", "xlsform", "kernel")
PLATFORM = ("base",)
TOP = ("config", "portal")
MODULES = TOP + FEATURES + PLATFORM + PURE

# Kinds of fields are shared; tables are not.
SHARED_MODELS = frozenset({"yicun.base.models.fields"})
FRONT_DOORS = frozenset({"services", "queries", "terms"})

# Each name may be a file or, once it outgrows its limit, a folder of the same name.
FEATURE_FILES = frozenset(
    {
        "__init__",
        "apps",
        "urls",
        "views",
        "api",
        "jobs",
        "forms",
        "services",
        "queries",
        "models",
        "rules",
        "terms",
        "migrations",
        "templates",
        "templatetags",
        "static",
        "middleware",
        "reference",
    }
)
OWN_FILES = {
    "config": frozenset({"__init__", "api", "environment", "secret", "settings", "urls", "wsgi"}),
    "portal": FEATURE_FILES
    | {
        "cards",
        "todo",
        "sync",
        "search",
        "frame",
        "signing",
        "commands",
        "demo",
        "replay",
        "doctor",
        "glossary",
        "health",
    },
    "base": FEATURE_FILES - {"services", "queries", "rules", "forms"}
    | {
        "accounts",
        "adapters",
        "audit",
        "cluster",
        "crypto",
        "documents",
        "editions",
        "engine",
        "files",
        "forms",
        "inbox",
        "pages",
        "sealing",
        "sharing",
        "sheets",
        "tenancy",
        "vault",
    },
    "kernel": frozenset(
        {"__init__", "refusals", "workflow", "workdays", "clocks", "masking", "ids", "words", "actor"}
    ),
    "text": frozenset({"__init__", "pinyin"}),
    "solvers": frozenset({"__init__"}),
    "xlsform": frozenset({"__init__"}),
}
TOP_FOLDERS = frozenset({"yicun", "tests", "docs", "web", "benchmarks", ".ci"})

# The clock is read where the outside world comes in, and nowhere else.
EDGE = frozenset(
    {
        "views",
        "api",
        "jobs",
        "commands",
        "middleware",
        "adapters",
        "cluster",
        "demo",
        "doctor",
        "sync",
        "health",
    }
)
CLOCK_EXCEPTIONS = frozenset({"yicun/kernel/ids.py"})  # a UUIDv7 carries the moment it was made

FILE_LINES = 300
TEST_FILE_LINES = 500
FUNCTION_LINES = 40
VIEW_LINES = 20
CLASS_LINES = 120
COMPLEXITY = 8

# Chinese lives here and nowhere else. The Makefile speaks before there is a Python to speak for it.
CHINESE_PLACES = (
    "yicun/*/terms.py",
    "yicun/*/terms/*.py",
    "yicun/*/forms.py",
    "yicun/*/forms/*.py",
    "yicun/*/templates/*",
    "yicun/*/reference/*",
    "yicun/text/lexicons/*",
    "yicun/kernel/words.py",
    "web/src/terms.ts",
    "docs/zh/*",
    "docs/glossary.md",
    "README.md",
    "Makefile",
    "tests/*",
    "benchmarks/*",  # inputs, as in tests
)
TEXT_SUFFIXES = frozenset(
    {
        ".py",
        ".ts",
        ".mjs",
        ".js",
        ".css",
        ".html",
        ".txt",
        ".md",
        ".toml",
        ".json",
        ".yml",
        ".yaml",
        ".sh",
        ".typ",
        ".svg",
        "",
    }
)

# Whose reference data names real places.
PLACE_DATA = ("territory", "portal")
FORBIDDEN_WORDS = frozenset(
    ["util", "utils", "helper", "helpers", "common", "manager", "managers", "info", "process", "misc"]
)
FORBIDDEN_CLASS_WORDS = FORBIDDEN_WORDS | {"handler", "handlers"}
# Names that Django calls; and a handler who is a person.
GIVEN_NAMES = frozenset({"process_view", "process_exception", "process_template_response", "CoHandler"})
# Where a word of the list above is the subject itself: a program that runs.
SUBJECTS = {"yicun/base/cluster/": frozenset({"process"}), "yicun/portal/commands/": frozenset({"process"})}

NO_COPY = frozenset(
    {
        ".venv",
        ".git",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
    }
)
