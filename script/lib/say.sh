# Speaks to the person at the terminal; sourced by the scripts beside it.

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}
