.DEFAULT_GOAL := help
BIN := .venv/bin
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

set-up: ## make the environment (.venv) from the locked requirements
	@scripts/set-up run

demo: set-up ## run the first quarter of 2020 of examples/social-care and say where the PDF is
	@$(BIN)/service-review run 2020-Q1 --config examples/social-care

test: ## run the whole suite (what CI runs)
	@scripts/set-up test
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

check: ## format, lint, types, import contracts, fast tests
	@scripts/set-up test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

format: ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

docs: set-up ## make again what is made from the code
	$(BIN)/python -m flows.documentation

bench: ## print performance ratios and refresh docs/performance.md
	@scripts/set-up test
	$(BIN)/python -m bench

lock: ## resolve the requirements again (needs uv)
	uv pip compile pyproject.toml requirements/build.in -c requirements/constraints.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --upgrade -o requirements/run.txt
	uv pip compile pyproject.toml requirements/build.in --group test -c requirements/run.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --upgrade -o requirements/test.txt

clean: ## remove the environment and what runs left behind
	rm -rf .venv archive out examples/*/archive examples/*/out

.PHONY: help set-up demo test check format docs bench lock clean
