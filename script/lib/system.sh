# Finds out which system packages are missing and installs them with apt; needs say.sh.

# Run a command as root: as it is, or through sudo, which may ask for the password only where someone can answer.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# install_packages PACKAGE...: installs them or fails; what apt says is shown to nobody unless it is asked for.
install_packages() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1 || return 1
    say "Installing $* ..."
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq --yes --no-install-recommends "$@" >/dev/null 2>&1
}

# advice PACKAGE...: how the person at the terminal installs them; a bare Debian has no sudo.
advice() {
    if [ "$(id -u)" = 0 ]; then
        say "Install with: apt-get install --yes $*"
    elif command -v sudo >/dev/null 2>&1; then
        say "Install with: sudo apt-get install --yes $*"
    else
        say "Install as root with: apt-get install --yes $*"
    fi
}

# need_packages PACKAGE...: installs them, or stops with the one line that says what to do.
need_packages() {
    install_packages "$@" || die "Missing: $*. $(advice "$@")"
}

# missing_libraries SONAME=PACKAGE...: prints the packages of those libraries that cannot be loaded.
missing_libraries() {
    python3 - "$@" <<'PYTHON'
import ctypes
import sys

for pair in sys.argv[1:]:
    soname, _, package = pair.partition("=")
    try:
        ctypes.CDLL(soname)
    except OSError:
        print(package)
PYTHON
}

# The libraries that make PDF.
ensure_pdf_libraries() {
    missing=$(missing_libraries \
        libgobject-2.0.so.0=libpango-1.0-0 \
        libpango-1.0.so.0=libpango-1.0-0 \
        libpangoft2-1.0.so.0=libpangoft2-1.0-0 \
        libfontconfig.so.1=libfontconfig1 \
        libharfbuzz.so.0=libharfbuzz0b \
        libharfbuzz-subset.so.0=libharfbuzz-subset0 | sort -u)
    [ -z "$missing" ] || need_packages $missing
}

# The browser of the tests, and what the program that drives it is linked with.
ensure_browser() {
    missing=$(missing_libraries libatomic.so.1=libatomic1 libstdc++.so.6=libstdc++6)
    command -v chromium >/dev/null 2>&1 || missing="chromium $missing"
    [ -z "$missing" ] || need_packages $missing
}

# What the tests read finished reports with.
ensure_pdf_reader() {
    command -v pdftotext >/dev/null 2>&1 || need_packages poppler-utils
}

# What the tests open Word documents and workbooks with.
ensure_office() {
    missing=
    for part in writer calc; do
        dpkg-query --show --showformat='${Status}' "libreoffice-$part-nogui" 2>/dev/null | grep -q 'ok installed' ||
            dpkg-query --show --showformat='${Status}' "libreoffice-$part" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing libreoffice-$part-nogui"
    done
    [ -z "$missing" ] || need_packages $missing
}

has_font() {
    command -v fc-list >/dev/null 2>&1 && fc-list | grep -q "$1"
}

# The fonts of the report. Without them everything works, but other scripts than Latin may print as empty boxes.
ensure_fonts() {
    missing=
    has_font NotoNaskhArabic-Regular || missing="fonts-noto-core"
    has_font NotoSansCJK-Regular || missing="$missing fonts-noto-cjk"
    [ -z "$missing" ] && return
    install_packages fontconfig $missing ||
        say "Fonts are missing, so reports may lack letters. $(advice fontconfig $missing)"
}
