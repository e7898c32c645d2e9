# The commands of the project; each is a script under scripts/. PG=18 selects Postgres 18 (default 15).
.PHONY: demo demo-stop test regress install lint bench fuzz mutants clean

demo:
	@scripts/demo
demo-stop:
	@scripts/demo-stop
test:
	@scripts/test
# T=tickets_create runs one test, T=tickets a domain; ACCEPT=1 makes the results the expected ones.
regress:
	@scripts/regress
install:
	@scripts/install
lint:
	@scripts/lint
bench:
	@scripts/bench
fuzz:
	@scripts/fuzz
mutants:
	@scripts/mutants
clean:
	@scripts/clean
