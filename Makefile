# The developer's front door. `make help` lists the targets; CI runs the same ones.
# Only Python ≥ 3.11, make and git are needed for run, test and check; see docs/development.md for the rest.

PY := .venv/bin/python
RUN_ENV := scripts/environment.sh requirements.lock
DEV_ENV := scripts/environment.sh requirements-dev.lock
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=directory_site.settings.test DIRECTORY_VAR=var/check
# Tests choose their own database and engine: an exported URL of the developer's must not reach them.
PYTEST := env -u DATABASE_URL -u SEARCH_URL -u DIRECTORY_VAR $(PY) -m pytest
# Extra words for the command behind a target: make test ARGS="tests/geo -k commune"
ARGS ?=
# Test processes side by side; 0 is one process, for a debugger.
WORKERS ?= logical
# A file's tests stay in one process, so that what they share is built once.
PARALLEL = -n $(WORKERS) --dist loadfile

# Tests that kill servers and processes take minutes: left out of `make test`, unless CI=true or SLOW=1.
SLOW ?= $(CI)
QUICK = $(if $(filter true 1,$(SLOW)),,-m "not slow")

.DEFAULT_GOAL := help
.PHONY: help run test test-all test-postgres check format services services-stop services-status browser bench \
	load load-desk relevance messages shell lock remove-examples clean-data

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is needed, prepare the data and serve http://localhost:8000
	@$(RUN_ENV)
	@exec $(PY) manage.py run_site $(ARGS)

test: ## Run the tests (SLOW=1: also the slow ones; real servers are skipped when absent, required when CI=true)
	@$(DEV_ENV)
	@$(PYTEST) $(PARALLEL) $(QUICK) $(ARGS)

test-all: services ## Start the real servers and run everything; a missing server fails
	@$(MAKE) --no-print-directory test-postgres REQUIRE_SERVERS=1
	@$(MAKE) --no-print-directory test REQUIRE_SERVERS=1 SLOW=1

test-postgres: ## Run the tests of the database and the search on the real PostgreSQL (a browser's site has its own SQLite)
	@$(DEV_ENV)
	@url=$$(sed -n 's/^DATABASE_URL=//p' var/services/env 2>/dev/null); url=$${TEST_POSTGRES_URL:-$$url}; \
	if [ -z "$$url" ]; then echo "No PostgreSQL is known: run make services first."; exit 1; fi; \
	folders=; for name in accounts audit geo sealing outbox services search referrals; do \
		if [ -d tests/$$name ]; then folders="$$folders tests/$$name"; fi; done; \
	env -u SEARCH_URL -u DIRECTORY_VAR DATABASE_URL="$$url" $(PY) -m pytest $(PARALLEL) -m "not slow and not browser" $$folders $(ARGS)

check: ## Lint, format, types, import contracts, migrations, system checks, templates
	@$(DEV_ENV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@echo lint-imports; $(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-cache --no-logo
	$(TEST_SETTINGS) $(PY) manage.py makemigrations --check --dry-run
	$(TEST_SETTINGS) $(PY) manage.py check --fail-level WARNING
	$(TEST_SETTINGS) $(PY) scripts/check_templates.py

format: ## Let ruff mend and format the code
	@$(DEV_ENV)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

services: ## Start a real Elasticsearch (port 9250) and PostgreSQL (port 5450) for local work
	@$(DEV_ENV)
	@$(PY) scripts/services.py start

services-stop: ## Stop them
	@$(DEV_ENV)
	@$(PY) scripts/services.py stop

services-status: ## Say whether they run, and where their data and logs are
	@$(DEV_ENV)
	@$(PY) scripts/services.py status

browser: ## Install Debian's Chromium for the browser tests, or say how to get one
	@scripts/browser.sh

bench: ## Measure speed, size and memory of both engines at 10,000 and 100,000 listings, then under load
	@$(DEV_ENV)
	@$(PY) -m bench.search $(ARGS)
	@$(PY) -m bench.load

load: ## Only the load part of bench: wrk on the API beside a view with constant JSON
	@$(DEV_ENV)
	@$(PY) -m bench.load $(ARGS)

load-desk: ## 65 agents at once at the desk on the real PostgreSQL, step by step
	@$(DEV_ENV)
	@$(PY) -m bench.desk_load $(ARGS)

relevance: ## Score our engines and other searches on the judged queries, side by side
	@$(DEV_ENV)
	@$(PY) -m bench.relevance $(ARGS)

messages: ## Collect and compile the interface's translations (needs GNU gettext)
	@$(RUN_ENV)
	@command -v msgfmt >/dev/null || { echo "GNU gettext is missing: apt install gettext, or brew install gettext"; exit 1; }
	$(PY) manage.py makemessages --locale fr --locale nl --locale en --locale de --no-location --ignore .venv --ignore var --ignore tests
	$(PY) manage.py compilemessages --ignore .venv --ignore var

shell: ## Open a Python shell with the models imported
	@$(RUN_ENV)
	@$(PY) manage.py shell

lock: ## Remake both lock files from pyproject.toml (needs the network)
	@scripts/lock.sh

remove-examples: ## Remove the invented example listings
	@$(RUN_ENV)
	@$(PY) manage.py remove_examples

clean-data: ## Delete the local database, index and uploads (asks first)
	@scripts/clean_data.sh
