# Finds a PostgreSQL to test on, or starts one of its own; needs say.sh and system.sh.

LOCAL_POSTGRESQL=postgres://postgres@127.0.0.1:5432/postgres
own_cluster=

# query URL SQL: runs the statement, or fails.
query() {
    .venv/bin/python -c '
import sys, psycopg2
connection = psycopg2.connect(sys.argv[1], connect_timeout=5)
connection.autocommit = True
connection.cursor().execute(sys.argv[2])
' "$@" 2>/dev/null
}

# PostgreSQL refuses to run as root, so there it runs as the user that its package made.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

postgresql_programs() {
    ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
}

# start_postgresql: sets postgresql_url to a server that answers; stop_postgresql ends it if it is our own.
start_postgresql() {
    if query "$LOCAL_POSTGRESQL" "SELECT 1"; then
        postgresql_url=$LOCAL_POSTGRESQL
        say "PostgreSQL answers on 127.0.0.1:5432."
        return
    fi
    [ -n "$(postgresql_programs)" ] || need_packages postgresql
    programs=$(postgresql_programs)
    own_cluster=$(mktemp -d)
    [ "$(id -u)" != 0 ] || chown postgres "$own_cluster"
    port=$(free_port)
    say "Starting PostgreSQL from $programs on 127.0.0.1:$port ..."
    as_postgres "$programs/initdb" --pgdata "$own_cluster/data" --username postgres --auth trust \
        --encoding UTF8 --locale C.UTF-8 --no-sync >/dev/null
    as_postgres "$programs/pg_ctl" --pgdata "$own_cluster/data" --log "$own_cluster/log" --wait --silent \
        --options "-p $port -k $own_cluster -c listen_addresses=127.0.0.1 -c fsync=off" start
    postgresql_url=postgres://postgres@127.0.0.1:$port/postgres
    query "$postgresql_url" "SELECT 1" || die "PostgreSQL was started on port $port but does not answer."
}

stop_postgresql() {
    [ -n "$own_cluster" ] || return 0
    as_postgres "$programs/pg_ctl" --pgdata "$own_cluster/data" --mode immediate --silent stop || true
    rm -rf "$own_cluster"
}
