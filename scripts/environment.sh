# shellcheck shell=bash
# What ./run and ./test share: from a fresh clone with nothing but Python to a working environment in .venv.
# Sourced, never run. All words go to standard error, so that the program's own output can be piped.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
stamp=$venv/.workbench # says what is installed; "unfinished" while something is being installed
needs="Python 3.11 or newer"

say() { printf '%s\n' "$@" >&2; } # an argument a line

die() {
    say "$@"
    exit 1
}

# Qt wants UTF-8 and says so at every start otherwise; a bare system or a cron job has the C locale.
case "$(locale charmap 2>/dev/null || true)" in
    UTF-8 | utf-8) ;;
    *) export LC_ALL=C.UTF-8 ;;
esac

# --- system packages -----------------------------------------------------------------------------------------------

is_root_with_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_knows() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

apt_update() {
    say "Updating the list of system packages ..."
    apt-get update -qq >/dev/null || die "apt-get update failed; see above."
}

apt_install() {
    say "Installing system packages: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null </dev/null ||
        die "apt-get install failed; see above."
}

# The packages of Qt's system libraries by the names that this release has. glib was renamed in Debian 13 and Ubuntu
# 24.04; where apt has no lists yet, the old name stands, which the new package provides.
qt_packages() {
    local glib=libglib2.0-0
    if apt_knows libglib2.0-0t64; then glib=libglib2.0-0t64; fi
    printf '%s ' libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 "$glib" \
        libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0
}

# --- Python --------------------------------------------------------------------------------------------------------

# Print the interpreter to use. First choice is one that can make an environment with pip by itself.
find_python() {
    local module name
    for module in ensurepip venv; do
        for name in python3.13 python3.12 python3.11 python3 python3.14 python; do
            # the interpreter's own path: `name` may be a shim that means another one elsewhere
            "$name" -c "import sys, $module; assert sys.version_info >= (3, 11); print(sys.executable)" 2>/dev/null &&
                return
        done
    done
    return 1
}

install_python() {
    local name
    if command -v uv >/dev/null; then
        say "There is no $needs; uv fetches one ..."
        uv python install --quiet 3.13 >&2 && return
    fi
    if ! is_root_with_apt; then
        if command -v apt-get >/dev/null; then
            die "The Gradient Workbench needs $needs:" "  sudo apt-get update && sudo apt-get install -y python3 python3-venv"
        fi
        die "The Gradient Workbench needs $needs, to be had from your package manager or https://www.python.org/downloads/"
    fi
    apt_update
    for name in python3.13 python3.12 python3.11 python3.14; do
        if apt_knows "$name-venv"; then
            apt_install "$name" "$name-venv"
            return
        fi
    done
    die "The Gradient Workbench needs $needs, and this system's packages have none." \
        "See https://www.python.org/downloads/ or install uv, which fetches one."
}

# --- the environment -----------------------------------------------------------------------------------------------

has_uv() { command -v uv >/dev/null; }

has_pip() { "$venv/bin/python" -m pip --version >/dev/null 2>&1; }

add_pip() {
    local version package
    if has_pip; then return; fi
    if ! "$venv/bin/python" -c "import ensurepip" 2>/dev/null; then
        # Debian and Ubuntu keep ensurepip in a package of its own
        version=$("$venv/bin/python" -c "import sys; print('%d.%d' % sys.version_info[:2])")
        package=python$version-venv
        if ! is_root_with_apt; then
            die "Python $version cannot make an environment here: its module ensurepip is missing. On Debian or Ubuntu:" \
                "  sudo apt-get update && sudo apt-get install -y $package"
        fi
        apt_update
        apt_install "$package"
    fi
    "$venv/bin/python" -m ensurepip --upgrade >/dev/null
}

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
        python=$(find_python) || {
            install_python
            python=$(find_python) || python=$(uv python find --no-project ">=3.11")
        }
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
    add_pip
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
    if [ -n "$missing" ] && is_root_with_apt; then
        say "Qt misses a system library: $missing"
        apt_update
        # shellcheck disable=SC2046 # words are packages
        apt_install $(qt_packages)
        missing=$(missing_libraries)
    fi
    if [ -n "$missing" ]; then
        say "Qt misses a system library: $missing"
        if command -v apt-get >/dev/null; then
            die "To install what it needs:" "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $(qt_packages)"
        fi
        die "Install it with your package manager. On Debian the packages are:" "  $(qt_packages)"
    fi
    touch -- "$found"
}
