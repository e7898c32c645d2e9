# The commands of the project. Each is a script under scripts/, which documents its settings.
.PHONY: help demo demo-stop build install package check-reproducible test test-citus bench-citus test-versions regress lint bench bench-mixed \
	instructions fuzz torture mutants reference model typescript security-baseline shape update-scripts freeze-release docs clean

help: ## lists these commands
	@echo 'PG=18 selects Postgres 18 (default: 15; make package: all of 15 to 18).'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## starts a private Postgres and PostgREST with sample data and shows them in use
	@scripts/demo
demo-stop: ## stops the demo and removes its data
	@scripts/demo-stop
build: ## builds the extension into the private Postgres tree
	@scripts/setup && scripts/build
install: ## builds the extension and installs it into the Postgres of PG_CONFIG
	@scripts/install
package: ## writes Debian packages for Postgres 15 to 18 and the archive for PGXN to target/packages
	@scripts/package
check-reproducible: ## checks that two builds give the same bytes (two full builds)
	@scripts/check-reproducible
test: ## runs all linters and tests
	@scripts/test
test-citus: ## tests a cluster of the Postgres with Citus that CITUS_PG_CONFIG names
	@scripts/test-citus

bench-citus: ## prints what each call costs on that cluster and on a single server
	@scripts/test-citus measure
test-versions: ## moves data from Postgres FROM (15) to TO (18) with pg_upgrade and with a dump
	@scripts/test-versions
regress: ## runs the SQL tests: T=tickets_create one, T=tickets a domain; ACCEPT=1 accepts results
	@scripts/regress
lint: ## runs the linters only
	@scripts/lint
bench: ## times every operation against plpgsql and hand-written SQL
	@scripts/bench
bench-mixed: ## lets four agents work at full speed for MINUTES=60, and shows how tables, indexes and look-ups change
	@scripts/bench-mixed
instructions: build ## counts the instructions of the most frequent operations
	@scripts/instructions
fuzz: ## runs the fuzz and model tests with new random seeds
	@scripts/fuzz
torture: ## kills, cancels and starves servers for MINUTES=60, and counts what was lost
	@scripts/torture
mutants: ## checks that breaking any rule of the database fails a test (takes hours)
	@scripts/mutants
reference: ## writes docs/reference.md from the comments in the database
	@scripts/regenerate reference
model: ## writes the diagrams of docs/model.md from the catalog
	@scripts/regenerate model
typescript: ## writes the types of clients/typescript and the OpenAPI document
	@scripts/regenerate typescript
security-baseline: ## writes sql/security_baseline.txt after an intended change of privileges
	@scripts/regenerate security-baseline
shape: ## writes the newest of sql/shapes/ after a change of columns
	@scripts/regenerate shape
update-scripts: ## writes the scripts that update older releases of the extension to this one
	@scripts/regenerate update-scripts
freeze-release: ## writes to tests/upgrade what later releases are tested with; once for each release
	@scripts/freeze-release
docs: reference model ## writes docs/reference.md, docs/model.md, and the documentation of the Rust code to target/doc
	@scripts/rustdoc
clean: ## stops all servers and removes everything that was built or downloaded
	@scripts/clean
