# A PostgreSQL of our own on a free port, gone when we are. Sourced by the scripts that want one,
# which set `scratch` to a folder of theirs and call `stop_postgres` at their end.

postgres_bin=

find_postgres() {
  # Debian keeps the server's programs out of the PATH, in a folder for each version.
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [[ -x $found ]] || found=$(command -v initdb || true)
  postgres_bin=${found:+$(dirname "$(readlink -f "$found")")}
  [[ -n $postgres_bin && -x $postgres_bin/pg_ctl ]]
}

as_postgres() {
  # The server refuses to run as root.
  if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

# start_postgres [OPTION OF THE SERVER …]: says where it listens in FANFOLD_TEST_POSTGRES.
start_postgres() {
  local data=$scratch/postgres port attempt collation=(--locale=C.UTF-8)
  mkdir "$data"
  # The people's collation, not the machine's: an ORDER BY that leans on it shows here.
  if "$postgres_bin/initdb" --help | grep -q -- --icu-locale; then
    collation+=(--locale-provider=icu --icu-locale=en-US)
  fi
  if ((EUID == 0)); then
    chmod 711 "$scratch"
    chown postgres "$data"
  fi
  (cd / && as_postgres "$postgres_bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --no-sync \
    "${collation[@]}" >/dev/null)
  for attempt in 1 2 3 4 5; do
    port=$((20000 + RANDOM))
    if (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$data" -w -s -l "$data/log" start -o \
      "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off $*"); then
      export FANFOLD_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
      return
    fi
  done
  echo "PostgreSQL did not start; it says:" >&2
  cat "$data/log" >&2
  return 1
}

stop_postgres() {
  if [[ -f $scratch/postgres/postmaster.pid ]]; then
    (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$scratch/postgres" -s -m immediate stop) || true
  fi
}
