# Everything here needs only a Python >= 3.11 with venv and pip; the rest is set up on first use
# and left alone while it is right. Works with GNU make 3.81 (macOS) and later.

ROOMS = api engine partiql schema shell workbench
SUITABLE = import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))

PYTHON_HERE = .venv/bin/python
PYTHON_COMPILED = .venv-compiled/bin/python
PYTHON_AIOBOTO3 = .venv-aioboto3/bin/python
PYTHON_EXPIRING = .venv-expiring/bin/python
PYTHON_AWSCLI = .venv-awscli/bin/python
# A test file whose tests share something goes to one worker; tests/conftest.py says which.
PARALLEL = -n auto --dist loadgroup
PIP = $(PYTHON_HERE) -m pip --quiet --disable-pip-version-check --no-input

.DELETE_ON_ERROR:
.PHONY: always audit demo test test-compiled test-aioboto3 check bench bench-boto3 bench-fairness bench-bulk bench-shell pictures bench-http clients coverage faults fix fuzz golden parity simulate soak

demo: .venv/linked
	@$(PYTHON_HERE) examples/demo.py

# What runs in environments of its own comes first, so that the last line printed is pytest's
# summary of the whole suite.
test: .venv/linked test-compiled test-aioboto3
	@$(PYTHON_HERE) -m pytest $(PARALLEL)

# The golden scripts only: what differs between the two builds is how they read a text. All of
# PartiQL's and SQL's tests run on it in `make fuzz`.
test-compiled: .venv/linked .venv-compiled/filled
	@if test -f .venv-compiled/no-wheel; then \
		echo "sqlglot's compiled build has no wheel for this Python: its run is left out."; \
	else \
		echo "PartiQL's golden scripts on sqlglot's compiled build:"; \
		$(PYTHON_COMPILED) -m pytest --compiled tests/golden -k partiql; \
	fi

# aioboto3 insists on an older botocore than boto3 has by now, so both are tried there together.
test-aioboto3: .venv/linked .venv-aioboto3/filled
	@echo "aioboto3 and aiobotocore:"
	@$(PYTHON_AIOBOTO3) -m pytest tests/clients_aioboto3

# mypy sees the product under its installed name, through the links below build/, so that every
# class has one identity; the last line turns those paths back into the repository's.
check: .venv/linked
	@$(PYTHON_HERE) -m ruff format --check .
	@$(PYTHON_HERE) -m ruff check .
	@$(PYTHON_HERE) -m mypy
	@status=0; $(PYTHON_HERE) -m mypy -p ddblite >.venv/mypy.txt || status=$$?; \
		sed 's|^build/[^/]*/ddblite/||' .venv/mypy.txt; exit $$status
	@.venv/bin/basedpyright

bench: .venv/linked
	@$(PYTHON_HERE) benchmarks/run.py
	@echo
	@$(PYTHON_HERE) benchmarks/file_formats.py
	@echo
	@$(PYTHON_HERE) benchmarks/change_log.py

# Ours and its peers under one load; those that are not installed are named as absent.
bench-http: .venv/linked
	@$(PYTHON_HERE) benchmarks/http_servers.py

# How long a client waits for one item beside another that asks for the most that is allowed.
bench-fairness: .venv/linked
	@$(PYTHON_HERE) benchmarks/fairness.py

bench-boto3: .venv/linked
	@$(PYTHON_HERE) benchmarks/boto3_in_process.py

# What an item of an import costs among 10^5 and among 10^6; takes minutes, and 6 GB for files.
bench-bulk: .venv/linked
	@$(PYTHON_HERE) benchmarks/bulk.py

coverage: .venv/linked .venv-aioboto3/filled
	@$(PYTHON_HERE) -m coverage erase
	@$(PYTHON_AIOBOTO3) -m coverage run -m pytest tests/clients_aioboto3
	@$(PYTHON_HERE) -m coverage run -m pytest
	@$(PYTHON_HERE) -m coverage combine --quiet
	@$(PYTHON_HERE) -m coverage report

fix: .venv/linked
	@$(PYTHON_HERE) -m ruff format .
	@$(PYTHON_HERE) -m ruff check --fix .

# AWS's own local version as an oracle. Needs Java 17 and Maven, which fetches it once.
parity: .venv/linked
	@PYTHONPATH=tests $(PYTHON_HERE) -m parity.run

# Other people's clients, in the languages that are on the machine, against `ddblite serve`. Those
# of other languages are installed by their tests, once, into ignored folders; what the machine
# does not have is named as skipped. The limit per test is for the installing.
clients: .venv/linked .venv-awscli/filled .venv-aioboto3/filled .venv-expiring/filled
	@$(PYTHON_EXPIRING) -m pytest tests/clients_expiring
	@$(PYTHON_AIOBOTO3) -m pytest tests/clients_aioboto3 tests/clients_python/test_boto3_in_process.py \
		tests/clients_python/test_mock_dynamodb.py tests/clients_python/test_worked_examples.py
	@$(PYTHON_HERE) -m pytest -m '' --timeout 600 tests/clients

# Statements by the hundred thousand, on both builds of sqlglot; SEED=7 has those of seed 7 again.
fuzz: .venv/linked .venv-compiled/filled
	@PYTHONPATH=tests $(PYTHON_HERE) -m fuzz.run $(if $(SEED),--seed $(SEED))
	@if test ! -f .venv-compiled/no-wheel; then \
		$(PYTHON_COMPILED) -m pytest --compiled $(PARALLEL) tests/partiql tests/api/sql && \
		PYTHONPATH=tests $(PYTHON_COMPILED) -m fuzz.run $(if $(SEED),--seed $(SEED)); fi

# What may befall a file, see tests/faults. ONLY=kill,forks is these lines, ONLY=kill:12 one of its trials;
# SEED=7 has what seed 7 had, SCALE=0.01 a hundredth, and WRITE=1 writes the table into
# docs/promises.md.
faults: .venv/linked
	@PYTHONPATH=tests $(PYTHON_HERE) -m faults.run $(if $(SEED),--seed $(SEED)) \
		$(if $(SCALE),--scale $(SCALE)) $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write)

# Databases that live through faults and crashes, each out of a seed; SEED=7 COUNT=1 is that one.
simulate: .venv/linked
	@PYTHONPATH=tests $(PYTHON_HERE) -m simulation.run $(if $(SEED),--seed $(SEED)) \
		$(if $(COUNT),--count $(COUNT))

# Mixed work over all doors for an hour, or MINUTES=10: does anything grow?
soak: .venv/linked
	@PYTHONPATH=tests $(PYTHON_HERE) -m faults.soak $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(SEED),--seed $(SEED))

# The shell as it really looks: docs/pictures, drawn from a run in a pseudo-terminal.
pictures: .venv/linked
	@PYTHONPATH=tests $(PYTHON_HERE) -m pictures

bench-shell: .venv/linked
	@$(PYTHON_HERE) benchmarks/shell.py

# Known weaknesses of what is installed, and build/sbom.json. Without a network nothing is known, and
# that is said.
audit: .venv/linked
	@if $(MAKE) --silent .venv-audit/filled; then \
		PYTHONPATH=tests $(PYTHON_HERE) -m audit.run; \
	else \
		echo "The tools could not be installed; nothing was looked up, and build/sbom.json not written."; \
	fi

golden: .venv/linked
	@$(PYTHON_HERE) -m pytest --rewrite-golden tests/golden tests/shell tests/examples tests/house/test_operations.py
	@git --no-pager diff --stat -- tests docs

# --- The environments ---------------------------------------------------------------------------

.venv/bin/python:
	@for python in $$PYTHON python3 python3.14 python3.13 python3.12 python3.11 none; do \
		if $$python -c '$(SUITABLE)' >/dev/null 2>&1; then break; fi; \
	done; \
	if test $$python = none; then \
		echo "ddblite needs Python 3.11 or newer with venv and pip, and none was found." >&2; exit 1; \
	fi; \
	echo "Setting up .venv with $$($$python --version)"; \
	$$python -m venv --clear .venv

# A strict editable install does not see a new file by itself, so the list of source files (and
# where they are) is something that the install depends on. It is rewritten only when it differs.
.venv/sources: .venv/bin/python always
	@{ echo "$(CURDIR)"; find *.py $(ROOMS) -name '*.py' | LC_ALL=C sort; } >$@.new; \
		if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

.venv/linked: pyproject.toml constraints.txt .venv/sources
	@$(PIP) install -c constraints.txt setuptools
	@$(PIP) install -c constraints.txt --no-build-isolation \
		--config-settings editable_mode=strict -e '.[dev]'
	@touch $@

# What an environment does not hold itself it borrows from the first, whose packages come after.
BORROW = import site; print("import site; site.addsitedir(%r)" % site.getsitepackages()[0])
PACKAGES = import site; print(site.getsitepackages()[0])

# The second environment holds only sqlglot with its compiled build. When the install fails, the same release is asked for on a platform that has a
# wheel: only if that works is it this Python that has none, and not the network that is down.
.venv-compiled/filled: pyproject.toml constraints.txt .venv/bin/python | .venv/linked
	@$(PYTHON_HERE) -m venv --clear --without-pip .venv-compiled
	@$(PYTHON_HERE) -c '$(BORROW)' >"$$($(PYTHON_COMPILED) -c '$(PACKAGES)')/borrowed.pth"
	@if ! $(PIP) --python $(PYTHON_COMPILED) install -c constraints.txt --no-deps \
		--ignore-installed --only-binary :all: sqlglot sqlglotc; then \
		$(PIP) download -c constraints.txt --no-deps --only-binary :all: -d .venv-compiled/elsewhere \
			--platform manylinux2014_x86_64 --python-version 3.11 sqlglotc \
			&& touch .venv-compiled/no-wheel; \
	fi
	@touch $@

.venv-aioboto3/filled: tests/clients_aioboto3/requirements.txt .venv/bin/python | .venv/linked
	@echo "Setting up .venv-aioboto3"
	@$(PYTHON_HERE) -m venv --clear --without-pip .venv-aioboto3
	@$(PYTHON_HERE) -c '$(BORROW)' >"$$($(PYTHON_AIOBOTO3) -c '$(PACKAGES)')/borrowed.pth"
	@$(PIP) --python $(PYTHON_AIOBOTO3) install --no-deps --ignore-installed \
		-r tests/clients_aioboto3/requirements.txt
	@touch $@

# bloop, celery and python-dynamodb-lock; the first insists on a boto3 of its own.
.venv-expiring/filled: tests/clients_expiring/requirements.txt .venv/bin/python | .venv/linked
	@echo "Setting up .venv-expiring"
	@$(PYTHON_HERE) -m venv --clear --without-pip .venv-expiring
	@$(PYTHON_HERE) -c '$(BORROW)' >"$$($(PYTHON_EXPIRING) -c '$(PACKAGES)')/borrowed.pth"
	@$(PIP) --python $(PYTHON_EXPIRING) install --no-deps --ignore-installed \
		-r tests/clients_expiring/requirements.txt
	@touch $@

# The AWS CLI insists on versions of its own, so it has an environment of its own.
.venv-awscli/filled: tests/clients/awscli-requirements.txt .venv/bin/python
	@echo "Setting up .venv-awscli"
	@$(PYTHON_HERE) -m venv --clear --without-pip .venv-awscli
	@$(PIP) --python $(PYTHON_AWSCLI) install -r tests/clients/awscli-requirements.txt
	@touch $@

# The tools, and beside them what an installation of the product brings along.
.venv-audit/filled: tests/audit/requirements.txt pyproject.toml constraints.txt .venv/bin/python
	@echo "Setting up .venv-audit and .venv-audited"
	@$(PYTHON_HERE) -m venv --clear .venv-audit
	@$(PYTHON_HERE) -m venv --clear --without-pip .venv-audited
	@PYTHONPATH=tests $(PYTHON_HERE) -m audit.requirements >.venv-audit/requirements.txt
	@$(PIP) --python .venv-audit/bin/python install -r tests/audit/requirements.txt
	@$(PIP) --python .venv-audited/bin/python install -c constraints.txt -r .venv-audit/requirements.txt
	@touch $@
