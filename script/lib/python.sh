# Keeps the virtual environment in .venv equal to a lock file; needs say.sh and system.sh.

ensure_python() {
    command -v python3 >/dev/null 2>&1 || need_packages python3
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "Python 3.11 or newer is missing: python3 is $(python3 -V). $(advice python3)"
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
}

# ensure_venv LOCK: makes .venv where it is missing, and installs the lock where it is not what was installed last.
# A .venv whose making was cut short runs Python, but has no pip; so it is asked for pip before anything is installed.
ensure_venv() {
    lock=$1
    ensure_python
    digest=$(sha256sum "$lock")
    .venv/bin/python -c '' 2>/dev/null && grep -qsxF "$digest" .venv/installed-locks && return
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        say "Making the virtual environment in .venv ..."
        rm -rf .venv
        python3 -m venv .venv || die "The virtual environment could not be made. Try: python3 -m venv .venv"
    fi
    say "Installing what $lock lists ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary=:all: \
        --require-hashes --requirement "$lock" ||
        die "The packages of $lock could not be installed. Try: .venv/bin/python -m pip install --require-hashes -r $lock"
    { grep -sv "  $lock\$" .venv/installed-locks || true; printf '%s\n' "$digest"; } >.venv/installed-locks.new
    mv .venv/installed-locks.new .venv/installed-locks
}
