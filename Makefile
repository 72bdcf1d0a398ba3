# The only entry points: everything else is called from here.
PYTHON ?= python3
T ?= tests
QUICK = $(filter 1,$(Q))
# The whole takes a process for each core; a part is begun sooner than they would be.
SIDES = $(if $(filter tests,$(T)),--numprocesses auto)

.PHONY: help run test check bench words draw setup

help:
	@echo "make run    sets up what is missing, then http://127.0.0.1:8000 with demo data"
	@echo "make test   the same set-up, then every test; T=tests/accounts for some,"
	@echo "            Q=1 for the quick ones: no browser, no process besides the database,"
	@echo "            FULL=1 for all kills, races and drawn examples: otherwise a tenth"
	@echo "make check  ruff, mypy, import contracts, migrations, habits, documents"
	@echo "make bench  the figures in benchmarks/RESULTS.md"
	@echo "make words  the Spanish catalogue, brought up to date: tells what lacks Spanish"
	@echo "make draw   the picture in ARCHITECTURE.md, anew from the import contracts"

setup:
	@$(PYTHON) bin/setup

run: setup
	@exec .venv/bin/vatio run

test:
	@$(PYTHON) bin/setup $(if $(QUICK),,--browser)
	@.venv/bin/python -m pytest $(SIDES) $(if $(QUICK),-m "not processes and not browser") $(T)

check: setup
	@.venv/bin/ruff check src tests benchmarks
	@.venv/bin/ruff format --check --quiet src tests benchmarks
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/python -m pytest -q tests/test_habits.py tests/test_architecture.py tests/test_documents.py tests/web/shell/test_stylesheet.py

bench: setup
	@.venv/bin/python -m benchmarks.results

# Where the strings are: tool.babel in pyproject.toml. No places are kept, so that moving code
# changes no catalogue; nothing is guessed from what is alike.
words: setup
	@mkdir -p build
	@.venv/bin/pybabel --quiet extract --mapping-file pyproject.toml --no-location --sort-output \
		--output-file build/words.pot src/vatio
	@.venv/bin/pybabel --quiet update --locale es --no-fuzzy-matching --ignore-obsolete --width 100 \
		--ignore-pot-creation-date --input-file build/words.pot \
		--output-file src/vatio/locale/es/LC_MESSAGES/django.po
	@.venv/bin/python -m pytest -q --tb=short tests/test_habits.py -k spanish

draw:
	@$(PYTHON) bin/draw-architecture > docs/pictures/architecture.svg
