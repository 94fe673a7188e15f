# Everything a person does with this repository. `make` alone lists it.
#
# Nothing here needs root, except that `make test` fetches Debian's Chromium when there is none and it may.

PYTHON ?= $(if $(shell command -v python3.11),python3.11,python3)
PORT   ?= 8000
JOBS   ?= $(shell expr $$(nproc) + 1)

VENV    := .venv
STAMPS  := $(VENV)/.stamps
BIN     := $(VENV)/bin
PIP      = $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv

# One environment for every target: the test lock holds the runtime lock whole, so installing it never moves a version.
RUNTIME := $(STAMPS)/runtime
TESTING := $(STAMPS)/testing

CHECKED  = $(wildcard compliance policies audit retention signatories migrations examples tests bench wsgi.py)
TYPED    = $(wildcard compliance policies audit retention signatories examples tests/support wsgi.py)

export PORT
# Every process of the service compiles all of it anew where this is set: three seconds of a core each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo demo-stop demo-reset test lint format docs bench torture honest lock vendor clean browser

help: ## List what can be done
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment

venv: $(RUNTIME) ## Make .venv from the hashed lock; instant when nothing changed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 is missing. On Debian 12: apt-get install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make environments. On Debian 12: apt-get install python3.11-venv python3-pip-whl python3-setuptools-whl"; \
	  exit 1; }
	@echo "== Making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "== Installing what the service needs (a minute or so, the first time)"
	@$(PIP) install --require-hashes --progress-bar on -r requirements.txt
	@echo "== Installing the service itself"
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index -e .
	@mkdir -p $(STAMPS) && touch $@

$(TESTING): requirements-test.txt $(RUNTIME)
	@echo "== Installing what the tests need (a minute or two, the first time)"
	@$(PIP) install --require-hashes --progress-bar on -r requirements-test.txt
	@mkdir -p $(STAMPS) && touch $@

# Running it

demo: $(RUNTIME) ## Start service, scheduler and an example case system with Kent and Medway's register on 127.0.0.1 (PORT=8000)
	@$(BIN)/compliance demo up

demo-stop: $(RUNTIME) ## Stop them; what was done is kept
	@$(BIN)/compliance demo down

demo-reset: $(RUNTIME) ## Throw the demonstration's data away and start afresh
	@$(BIN)/compliance demo reset

# Proving it

# An untidy line must not hide a failing test, so both are always run; either failing fails the whole.
test: browser $(TESTING) ## Install what it needs, then lint and run every test
	@status=0; \
	$(MAKE) --no-print-directory lint || status=$$?; \
	echo "== pytest"; \
	test $$status = 0 || echo "(the checks above FAILED; the tests follow all the same)"; \
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal || status=$$?; \
	exit $$status

lint: $(TESTING) ## ruff, mypy and the directions of imports
	@failed=; check() { echo "== $$1"; shift; "$$@" || failed=1; }; \
	check "ruff: likely mistakes" $(BIN)/ruff check $(CHECKED); \
	check "ruff: layout (make format mends it)" $(BIN)/ruff format --check $(CHECKED); \
	check "mypy: types (the first run takes half a minute)" $(BIN)/mypy $(TYPED); \
	check "import-linter: directions of imports" $(BIN)/lint-imports --no-logo; \
	test -z "$$failed"

format: $(TESTING) ## Mend what ruff can mend by itself
	@$(BIN)/ruff check --fix $(CHECKED) || true
	@$(BIN)/ruff format $(CHECKED)

docs: $(TESTING) ## Write docs/rules.md, permissions.md and asvs.md, which the tests hold the code to
	@$(BIN)/python -m tests.inventory.write

bench: $(TESTING) ## Measure what docs promise, as ratios within one run (ONLY="ends sign-in": those whose names hold it)
	@$(BIN)/python -m bench $(ONLY)

KILLS  ?= 200
WRITES ?= 10000
STORES ?= sqlite,postgresql

torture: $(TESTING) ## Kill all of it again and again while clients write: nothing lost (KILLS=200 WRITES=10000 STORES= SEED=)
	@$(BIN)/python -m tests.torture --kills $(KILLS) --writes $(WRITES) --stores $(STORES) $(if $(SEED),--seed $(SEED))

ENTRIES ?= 1000000

honest: $(TESTING) ## See that a million honest entries raise no alarm (ENTRIES=1000000 SEED=)
	@$(BIN)/python -m tests.torture.honest --entries $(ENTRIES) $(if $(SEED),--seed $(SEED))

# The pages are tested in a real Chromium. Nothing is fetched when one is found.
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "== Installing Debian's Chromium and fonts, which the page tests drive (a minute or two, once)"; \
	  apt-get update && DEBIAN_FRONTEND=noninteractive \
	    apt-get install --yes --no-install-recommends chromium fonts-liberation; \
	else \
	  echo "The page tests need Chromium. As root: apt-get install chromium fonts-liberation"; exit 1; \
	fi

# Renewing what is pinned

PIP_TOOLS := pip-tools==7.6.2
LOCKTOOLS := $(STAMPS)/locktools
COMPILE    = env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS $(LOCKTOOLS)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
             --build-deps-for=editable --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

# Run apart from the machine's own pip settings, so that a private mirror's hashes or address cannot reach the lock.
lock: export PIP_CONFIG_FILE := /dev/null
lock: export CUSTOM_COMPILE_COMMAND := make lock
lock: | $(BIN)/python ## Renew requirements.txt and requirements-test.txt (LOCK=--upgrade moves every version)
	@test -x $(LOCKTOOLS)/bin/pip-compile || { $(PYTHON) -m venv $(LOCKTOOLS) && \
	  $(LOCKTOOLS)/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_TOOLS); }
	@echo "== requirements.txt (a minute or two)"
	@$(COMPILE) $(LOCK) --output-file requirements.txt pyproject.toml
	@echo "== requirements-test.txt (a minute or two)"
	@$(COMPILE) $(LOCK) --extra test --constraint requirements.txt --output-file requirements-test.txt pyproject.toml

GOVUK := govuk-frontend-6.3.0.tgz
MOJ   := ministryofjustice-frontend-11.1.0.tgz
AXE   := axe-core-4.14.1.tgz
WORK  := $(VENV)/vendor
INTO  := compliance/web/static/vendor
# No crown, no crest, no GDS Transport: those belong to GOV.UK alone. Addresses become relative to the style sheet.
PLAIN := s|/\*! Copyright \(c\) 2011 by Margaret Calvert[^*]*\*/||g; \
         s|@font-face\{[^}]*\}||g; \
         s|GDS Transport,arial,sans-serif|"Helvetica Neue",Arial,sans-serif|g; \
         s|@supports \(\(-webkit-mask-position:initial\)[^@]*govuk-crest[^@]*@media screen and \(forced-colors:active\)\{[^}]*\}\}\}||g; \
         s|\.govuk-footer__copyright-logo:before\{[^}]*\}||g; \
         s|url\(/assets/images/|url(images/|g; \
         s|/[/*]\# sourceMappingURL=.*||

vendor: ## Renew the vendored style sheets, scripts and axe-core from npm, at the versions pinned here
	@command -v npm >/dev/null || { echo "Renewing vendored files needs npm. On Debian: apt-get install npm"; exit 1; }
	@rm -rf $(WORK) && mkdir -p $(WORK)
	@echo "== Fetching"
	@cd $(WORK) && npm pack --silent govuk-frontend@6.3.0 @ministryofjustice/frontend@11.1.0 axe-core@4.14.1
	@cd $(WORK) && printf '%s  %s\n' \
	  3d91fd1353e32e306a8ae493b44ba9c0277348b5dbc08442a3e63d822e516048 $(GOVUK) \
	  9ec6ccf0739cefee1fdc663ca61387204dcf3fd9bfcfafa8b9159d993f38984b $(MOJ) \
	  e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745 $(AXE) | sha256sum --check
	@cd $(WORK) && for each in *.tgz; do mkdir $${each%.tgz} && tar -xzf $$each -C $${each%.tgz} --strip-components=1; done
	@mkdir -p $(INTO)/govuk-frontend $(INTO)/moj-frontend/images tests/support/vendor/axe-core
	@for each in css js; do \
	  sed -E '$(PLAIN)' $(WORK)/$(GOVUK:.tgz=)/dist/govuk/govuk-frontend.min.$$each > $(INTO)/govuk-frontend/govuk-frontend.min.$$each; \
	  sed -E '$(PLAIN)' $(WORK)/$(MOJ:.tgz=)/moj/moj-frontend.min.$$each > $(INTO)/moj-frontend/moj-frontend.min.$$each; done
	@sed -E -i 's|:root\{--govuk-[^}]*\}||g' $(INTO)/moj-frontend/moj-frontend.min.css
	@rm -f $(INTO)/moj-frontend/images/*
	@for each in $$(grep -oE 'url\(images/[^)]+' $(INTO)/moj-frontend/moj-frontend.min.css | sed 's|url(||' | sort -u); do \
	  cp $(WORK)/$(MOJ:.tgz=)/moj/assets/$$each $(INTO)/moj-frontend/images/; done
	@cp $(WORK)/$(AXE:.tgz=)/axe.min.js $(WORK)/$(AXE:.tgz=)/LICENSE $(WORK)/$(AXE:.tgz=)/LICENSE-3RD-PARTY.txt tests/support/vendor/axe-core/
	@! grep -rliE 'gds transport|govuk-crest|@font-face|/assets/' $(INTO) --include=*.css || { echo "A crest, a font or an absolute address is left"; exit 1; }
	@rm -rf $(WORK)

clean: ## Remove the environment and caches; the demonstration's data in var/ stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
