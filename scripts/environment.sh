# shellcheck shell=bash
# What ./run and ./test share: from a fresh clone with nothing but Python to a working environment in .venv.
# Sourced, never run. All words go to standard error, so that the program's own output can be piped.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
stamp=$venv/.workbench # says what is installed; "unfinished" while something is being installed

say() { printf '%s\n' "$@" >&2; } # an argument a line

die() {
    say "$@"
    exit 1
}

# Qt wants UTF-8 and says so at every start otherwise; a bare system or a cron job has the C locale.
case "$(locale charmap 2>/dev/null || true)" in
    UTF-8 | utf-8) ;;
    *) if locale -a 2>/dev/null | grep -qix 'c\.utf-\{0,1\}8'; then export LC_ALL=C.UTF-8; fi ;;
esac

# --- system packages -----------------------------------------------------------------------------------------------

has_apt() { command -v apt-get >/dev/null; }

is_root() { [ "$(id -u)" = 0 ]; }

apt_update() { apt-get update -qq >/dev/null || die "apt-get update failed; see above."; }

apt_knows() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# The packages of Qt's system libraries by the names that this release has. glib was renamed in Debian 13 and Ubuntu
# 24.04; where apt has no lists yet, the old name stands, which the new package provides.
qt_packages() {
    local glib=libglib2.0-0
    if apt_knows libglib2.0-0t64; then glib=libglib2.0-0t64; fi
    printf '%s ' libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 "$glib" \
        libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0
}

# Install what is missing, as root on Debian or Ubuntu, else say how. Qt's libraries come with whatever else is
# missing, so that there is one line to type and not one after the other.
apt_install() { # what is missing, in words; packages beside Qt's
    local missing=$1 packages
    shift
    say "Missing: $missing"
    if is_root && has_apt; then
        apt_update
        read -ra packages <<<"$* $(qt_packages)"
        say "Installing ${packages[*]} ..."
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" \
            >/dev/null </dev/null || die "apt-get install failed; see above."
    elif has_apt; then
        read -ra packages <<<"$* $(qt_packages)"
        die "This line installs what is needed; then start again:" \
            "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
    else
        die "Please install it with your system's package manager (README, \"Installing with pip\")."
    fi
}

# --- Python --------------------------------------------------------------------------------------------------------

has_uv() { command -v uv >/dev/null; }

# Print an interpreter that is new enough and has this module.
find_python() { # module
    local name
    for name in python3.13 python3.12 python3.11 python3 python3.14 python; do
        # the interpreter's own path: `name` may be a shim that means another one elsewhere
        "$name" -c "import sys, $1; assert sys.version_info >= (3, 11); print(sys.executable)" 2>/dev/null && return
    done
    return 1
}

# Print an interpreter to make the environment with, installing what it takes.
ensure_python() {
    local python version package=python3
    # Debian and Ubuntu keep ensurepip, which brings pip, in a package of its own; uv does without
    if find_python ensurepip; then return; fi
    if has_uv; then
        find_python venv && return
        say "There is no Python 3.11 or newer; uv fetches one ..."
        uv python install --quiet 3.13 >&2 && uv python find --no-project 3.13 && return
    fi
    if python=$(find_python venv); then
        version=$("$python" -c "import sys; print('python%d.%d' % sys.version_info[:2])")
        apt_install "Python's module ensurepip" "$version-venv"
    else
        # an older Ubuntu has a newer Python beside its own
        if is_root && has_apt; then apt_update; fi
        for version in python3.14 python3.11 python3.12 python3.13; do
            if apt_knows "$version-venv"; then package=$version; fi
        done
        apt_install "Python 3.11 or newer (https://www.python.org/downloads/)" "$package" "$package-venv"
    fi
    find_python ensurepip || die "There is still no Python 3.11 or newer that can make an environment."
}

# --- the environment -----------------------------------------------------------------------------------------------

make_environment() {
    local python
    if [ "$(cat "$stamp" 2>/dev/null || true)" = unfinished ]; then
        say "An earlier installation was interrupted: starting .venv again ..."
        rm -rf -- "$venv"
    elif [ -e "$venv" ] && ! "$venv/bin/python" -c "import encodings" 2>/dev/null; then
        say "The Python of .venv is gone: starting .venv again ..."
        rm -rf -- "$venv"
    fi
    if [ ! -e "$venv" ]; then
        python=$(ensure_python)
        mkdir -- "$venv"
        echo unfinished >"$stamp"
        "$python" -m venv --without-pip "$venv"
    fi
}

install_package() { # extras in brackets, or nothing
    if has_uv; then
        # a home that cannot be written to has no place for uv's cache
        if ! mkdir -p -- "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv" 2>/dev/null; then export UV_NO_CACHE=1; fi
        uv pip install --quiet --python "$venv/bin/python" --editable "$root$1" >&2 && return
        say "uv could not; trying pip ..."
    fi
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m ensurepip --upgrade >/dev/null || return
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$root$1" >&2
}

# What the stamp holds when the package with these extras is installed for this checkout and this Python.
wanted_stamp() {
    cksum <"$root/pyproject.toml"
    printf '%s\n' "$root" "$(readlink -f -- "$venv/bin/python")"
}

ensure_installed() { # extras in brackets, or nothing
    local extras=$1 before wanted
    make_environment
    before=$(cat "$stamp" 2>/dev/null || true)
    wanted=$(wanted_stamp)
    case "$before" in
        "$wanted$extras" | "${wanted}[test]") return ;;
    esac
    say "Installing the Gradient Workbench$extras into .venv; the first time this takes a minute or two ..."
    # an environment that has the tests' tools keeps them up to date
    case "$before" in *"[test]") extras="[test]" ;; esac
    echo unfinished >"$stamp"
    if ! install_package "$extras"; then
        # pip changes nothing before all is fetched: what was whole is whole still
        printf '%s\n' "$before" >"$stamp"
        die "The installation failed; see above. It needs the network."
    fi
    printf '%s\n' "$wanted$extras" >"$stamp"
}

# --- Qt's system libraries -----------------------------------------------------------------------------------------

# Print what cannot be loaded, if anything: Qt as the program uses it, and the plugin that opens windows on X11.
missing_libraries() {
    "$venv/bin/python" - 2>&1 <<'PYTHON'
import ctypes, os, pathlib, sys
try:
    import PySide6.QtSvg, PySide6.QtWidgets
    if sys.platform == "linux" and os.environ.get("DISPLAY"):
        ctypes.CDLL(str(pathlib.Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"))
except (ImportError, OSError) as error:
    print(error)
PYTHON
}

ensure_libraries() {
    local found=$venv/.libraries${DISPLAY:+.x11} missing
    if [ "$found" -nt "$stamp" ]; then return; fi
    missing=$(missing_libraries)
    if [ -n "$missing" ]; then
        apt_install "Qt's system libraries ($missing)"
        missing=$(missing_libraries)
        if [ -n "$missing" ]; then die "Qt cannot be loaded: $missing"; fi
    fi
    touch -- "$found"
}
