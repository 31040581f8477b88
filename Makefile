# Sucharit: two commands do everything. `make` alone prints this help.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))) python3)
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check bench figures demo lock

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Install, prepare and serve the site on http://127.0.0.1:8000 (PORT=8001 for another)
	@$(PYTHON) bootstrap.py run

test: ## Install what tests need and run all: SQLite, PostgreSQL, browser journeys
	@$(PYTHON) bootstrap.py test $(ARGS)

check: ## Format, lint, types, import floors, migrations, translations, templates
	@$(PYTHON) bootstrap.py check

bench: ## Measure beside a bare Django yardstick in the same run (ARGS="--officers 100000")
	@$(PYTHON) bootstrap.py bench $(ARGS)

figures: ## Figures of trust: kills, crashes, slow neighbours, races (ARGS="R1 --database sqlite --hand-ins 2000 --kills 100")
	@$(PYTHON) bootstrap.py figures $(ARGS)

demo: ## Walk the journeys in Chromium and keep the pictures in test-results/
	@$(PYTHON) bootstrap.py demo $(ARGS)

lock: ## Recompile requirements/*.txt (needs uv): versions and hashes, no addresses
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q requirements/dev.in -o requirements/dev.txt
