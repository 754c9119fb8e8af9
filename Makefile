# The few verbs a person needs. `make` alone lists them.

.PHONY: help example demo test pure cluster browser crds reference picture e2e goldens charts chart-files bench lint audit

# What `make charts` calls the charts, and where they will be served from.
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
REPOSITORY ?= https://helm.eevee.bot

# The example module is a crate of its own, compiled where tests/e2e/images compiles it.
MODULE = --manifest-path examples/module/Cargo.toml --target-dir $(or $(CARGO_TARGET_DIR),target)/image/example-module

# So is the demo, which has so little to compile that it can soon say what else it does.
DEMO = --manifest-path examples/demo/Cargo.toml --target-dir $(or $(CARGO_TARGET_DIR),target)

help: ## list these verbs
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 13

example: ## print what the operator makes of the example bot
	cargo run --locked -- render -f examples/bot.yaml

demo: ## run the operator and the example bot on a cluster of their own (minutes the first time), or on one of CLUSTER=kind, k3d
	@tests/needs demo $(CLUSTER)
	@cargo run --locked $(DEMO) -- $(if $(CLUSTER),--cluster=$(CLUSTER))

# The tests of the running operator mostly wait: twice as many threads as cores run them in half the time.
test: ## run every test, building what they need (minutes the first time)
	@tests/needs test
	tests/cluster/build test
	cargo test --locked
	cargo test --locked $(DEMO)
	cargo test --locked --test api --test s3 --test promtool --test charts --test walks
	RUST_TEST_THREADS=$(or $(RUST_TEST_THREADS),$$((2 * $$(nproc || echo 2)))) cargo test --locked --test shell

pure: ## run the tests that need nothing but cargo
	cargo test --locked

cluster: ## build the control plane, kubectl, helm and whatever else tests run against
	@tests/needs test
	tests/cluster/build test

e2e: ## run whole bots on a real node, installed by Helm alone (Linux, root, Debian packages that it names and installs)
	@tests/needs e2e
	@tests/e2e/prepare
	tests/cluster/build e2e
	cargo test --locked $(MODULE)
	cargo test --locked --config 'target."cfg(unix)".runner="tests/e2e/run"' --test e2e -- --test-threads=1 $(E2E)

browser: ## look at the page in Chromium (Linux, Debian packages that it names)
	@tests/needs test
	@tests/browser/run --check
	tests/cluster/build test
	cargo test --locked --config 'target."cfg(unix)".runner="tests/browser/run"' --test browser -- --test-threads=1 $(BROWSER)

crds: ## write crds/ from the types
	cargo run --quiet -- crds > crds/crds.yaml

reference: ## write docs/reference/ from the types
	DOCS_UPDATE=1 cargo test --quiet --test docs -- reference::

picture: ## draw docs/terminal.svg, the terminal in README.md, from a real run
	DOCS_UPDATE=1 cargo test --quiet --test docs -- picture::

charts: ## package the Helm charts with an index into target/charts
	helm/package $(VERSION) target/charts $(REPOSITORY) $(INDEX)

chart-files: ## write what is generated of the charts: CRDs, schemas, tables of values, goldens
	CHARTS_UPDATE=1 INSTA_UPDATE=always cargo test --test charts -- generated:: templates::

goldens: ## write snapshots/; read the difference before you commit it
	INSTA_UPDATE=always cargo test --test goldens

bench: cluster ## measure rendering, the running operator and archives (half an hour)
	cargo bench --locked --bench render
	cargo bench --locked --bench converge
	cargo bench --locked --bench archive

lint: ## formatting, clippy, docs and workflows, with warnings denied
	cargo fmt --check
	cargo fmt --check --manifest-path examples/module/Cargo.toml
	cargo fmt --check --manifest-path examples/demo/Cargo.toml
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --test '*' --bench '*' -- -D warnings
	cargo clippy --locked --all-targets $(MODULE) -- -D warnings
	cargo clippy --locked --all-targets $(DEMO) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	tests/cluster/build actionlint
	$$(tests/cluster/build --where lint)/actionlint -shellcheck= -pyflakes= .github/workflows/*.yml

audit: ## workflows, licences and sources of crates (a quarter of an hour the first time)
	.ci/audit
