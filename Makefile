# make run: a working county; make test: the whole test suite. docs/map.md says where everything is.

SHELL := /bin/sh
PYTHONS := python3.11 python3.12 python3.13 python3.14 python3
VENV := .venv
STAMPS := $(VENV)/stamps
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-deps --use-pep517
BUILT := yicun/base/static/yicun
WEB := $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)
TEMPLATES := $(firstword $(shell find yicun -name "*.html" 2>/dev/null))
BENCHMARKS := $(wildcard benchmarks)
CHECKS := check-format check-lint check-types check-imports check-templates check-scripts check-house check-migrations

.PHONY: help setup dev web browser run test check bench bench-name lock $(CHECKS)
.DEFAULT_GOAL := help
# Installing is one thing after the other; only the checks run side by side.
ifeq ($(MAKELEVEL),0)
.NOTPARALLEL:
endif

help:
	@echo "make run [PORT=8123] [DATA=目录]   启动演示县（首次会自动安装）"
	@echo "make setup                        只安装运行环境到 .venv"
	@echo "make test                         运行全部测试"
	@echo "make check                        检查格式、类型、结构、用语和迁移"
	@echo "make bench NAME=名称              运行一项性能测试"
	@echo "make lock                         重新锁定依赖版本"

setup: $(STAMPS)/runtime $(STAMPS)/command web

dev: $(STAMPS)/dev $(STAMPS)/command web

$(STAMPS)/venv:
	@for python in $(PYTHONS); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "使用 $$($$python --version) 建立环境 $(VENV)"; \
	        $$python -m venv $(VENV) || { echo "建立环境失败：请先安装 python3-venv。" >&2; exit 1; }; \
	        mkdir -p $(STAMPS) && touch $@ && exit 0; \
	    fi; \
	done; \
	echo "没有找到 Python 3.11 或更高版本：请先安装 python3 和 python3-venv。" >&2; exit 1

$(STAMPS)/runtime: requirements.lock | $(STAMPS)/venv
	@echo "安装运行所需的软件包……"
	@$(PIP) -r requirements.lock
	@touch $@

$(STAMPS)/dev: requirements-dev.lock | $(STAMPS)/venv
	@echo "安装测试所需的软件包……"
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(STAMPS)/runtime

# The package is used where it stands: a path entry and a command, nothing to build, and the folder may move.
$(STAMPS)/command: | $(STAMPS)/venv
	@echo ../../../.. > "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/yicun.pth"
	@printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$(readlink -f "$$0")")/python" -P -m yicun "$$@"' > $(VENV)/bin/yicun
	@chmod +x $(VENV)/bin/yicun
	@touch $@

web: $(STAMPS)/web

ifeq ($(wildcard $(BUILT)/*),)
.PHONY: $(STAMPS)/web
endif
$(STAMPS)/web: $(WEB) | $(STAMPS)/runtime
	@echo "生成页面样式和脚本……"
	@npm_config_update_notifier=false $(PY) web/build.py
	@touch $@

run: setup
	@exec $(VENV)/bin/yicun demo $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port "$(PORT)")

browser:
	@if command -v chromium >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "安装浏览器测试所需的 Chromium……"; \
	    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; } \
	        >/dev/null 2>&1 || echo "跳过浏览器测试：Chromium 安装失败。"; \
	else echo "跳过浏览器测试：没有 Chromium，当前用户也不能安装。"; fi

test: dev browser
	@$(PY) -m pytest -n 2 $(ARGS)

check: dev
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(CHECKS)

check-format: dev
	@echo "== 格式"; $(PY) -m ruff format --check --quiet .

check-lint: dev
	@echo "== 写法"; $(PY) -m ruff check --quiet .

check-types: dev
	@echo "== 类型"; $(PY) -m mypy --no-error-summary yicun tests web/build.py $(BENCHMARKS)

check-imports: dev
	@echo "== 引用方向"; $(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo --no-cache \
	    >$(STAMPS)/imports.log 2>&1 \
	    || { cat $(STAMPS)/imports.log; exit 1; }

check-templates: dev
	@echo "== 页面模板"; [ -z "$(TEMPLATES)" ] \
	    || { $(PY) -m djlint yicun --lint --quiet; }

check-scripts: dev
	@echo "== 页面脚本"; $(PY) web/build.py --check >$(STAMPS)/scripts.log 2>&1 || { cat $(STAMPS)/scripts.log; exit 1; }

check-house: dev
	@echo "== 结构与用语"; $(PY) -m pytest -q --no-header tests/house

check-migrations: dev
	@echo "== 数据库迁移"; DJANGO_SETTINGS_MODULE=yicun.config.settings \
	    $(PY) -W ignore::RuntimeWarning -m django makemigrations --check --dry-run

bench-name:
	@[ -f "benchmarks/$(NAME).py" ] || { echo "没有这项性能测试：$(NAME)。用法：make bench NAME=名称" >&2; exit 2; }

bench: bench-name dev
	@$(PY) -m benchmarks.$(NAME) $(ARGS)

LOCK = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml

lock: dev
	@$(LOCK) --extra frontend --output-file requirements.lock
	@$(LOCK) --extra frontend --extra dev --output-file requirements-dev.lock
