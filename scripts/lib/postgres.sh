# shellcheck shell=bash
# A throwaway PostgreSQL server for tests and measurements. Sourced after common.sh, never run.
#
#   postgres_start fast      starts a server made for speed: a power cut would lose data
#   postgres_start durable   starts a server with PostgreSQL's own durability, for measurements
#   postgres_stop            stops it and removes every file of it; harmless when none was started
#
# postgres_start sets POSTGRES_URL to postgres://hospes@127.0.0.1:PORT/postgres, where hospes is a
# superuser that needs no password, and sees to it that the server is gone when the script ends.
#
# The cluster lives in a directory of its own under TMPDIR (or /tmp), listens on 127.0.0.1 and on a
# Unix socket in that directory, and touches no other PostgreSQL installation of the machine.

# shellcheck disable=SC2034 # read by the scripts that source this file
POSTGRES_URL=
PG_BIN=
PG_DIR=
PG_USER=

# Sets PG_BIN to the newest directory that has both initdb and pg_ctl; false when there is none.
postgres_find() {
  local candidate found
  PG_BIN=
  # sort -V: version 17 comes after version 9.
  found=$(
    for candidate in \
      /usr/lib/postgresql/*/bin \
      /usr/pgsql-*/bin \
      /usr/libexec/postgresql*/ \
      /opt/homebrew/opt/postgresql*/bin \
      /usr/local/opt/postgresql*/bin \
      /home/linuxbrew/.linuxbrew/opt/postgresql*/bin \
      /Applications/Postgres.app/Contents/Versions/latest/bin; do
      if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
        printf '%s\n' "${candidate%/}"
      fi
    done | sort -V | tail -n 1
  )
  if [ -n "$found" ]; then
    PG_BIN=$found
  elif have initdb && have pg_ctl; then
    PG_BIN=$(dirname -- "$(command -v initdb)")
  else
    return 1
  fi
}

postgres_install() {
  local manager advice
  manager=$(package_manager)
  case $manager in
    apt-get) advice='sudo apt-get install postgresql' ;;
    dnf) advice='sudo dnf install postgresql-server' ;;
    apk) advice='sudo apk add postgresql' ;;
    brew) advice='brew install postgresql@17' ;;
    *) advice='install the PostgreSQL server programs (initdb, pg_ctl, postgres), version 14 or later' ;;
  esac
  # Homebrew needs no root, and refuses to run as root.
  if [ "$manager" != brew ] && { [ -z "$manager" ] || ! may_install; }; then
    cat >&2 <<MESSAGE
error: the PostgreSQL server programs (initdb, pg_ctl) were not found, and this account may not
install them. The tests need them: every test runs on SQLite and on PostgreSQL.

  Either install them:               $advice
  or name a server that is running:  export HOSPES_TEST_POSTGRES_URL=postgres://USER:PASSWORD@HOST:PORT/postgres
                                     (the role must be allowed to create databases)
MESSAGE
    return 1
  fi
  say "PostgreSQL server programs not found: installing them with $manager"
  case $manager in
    apt-get)
      as_root apt-get update -q >&2 &&
        as_root env DEBIAN_FRONTEND=noninteractive \
          apt-get install -y -q --no-install-recommends postgresql >&2
      ;;
    dnf) as_root dnf install -y -q postgresql-server >&2 ;;
    apk) as_root apk add --quiet postgresql >&2 ;;
    brew) brew install --quiet postgresql@17 >&2 ;;
  esac || {
    printf 'error: %s could not install PostgreSQL; try by hand: %s\n' "$manager" "$advice" >&2
    return 1
  }
}

# Runs a PostgreSQL program as the account that owns the cluster. initdb and postgres refuse root.
postgres_as_owner() {
  if [ -z "$PG_USER" ]; then
    "$@"
  elif have runuser; then
    runuser -u "$PG_USER" -- "$@"
  else
    # Each argument is quoted, because su takes one string for the shell.
    su -s /bin/sh "$PG_USER" -c "$(printf '%q ' "$@")"
  fi
}

# Makes PG_DIR, owned by the account that will run the server.
postgres_make_dir() {
  local parent=${TMPDIR:-/tmp} account
  # A Unix socket path may have at most 103 bytes, and the server's account must reach the directory.
  if [ "${#parent}" -gt 60 ]; then parent=/tmp; fi
  PG_DIR=$(mktemp -d "${parent%/}/hospes-pg.XXXXXX") || return 1
  PG_USER=
  if [ "$(id -u)" -ne 0 ]; then return 0; fi
  for account in postgres nobody; do
    if id "$account" >/dev/null 2>&1; then
      PG_USER=$account
      break
    fi
  done
  [ -n "$PG_USER" ] || die "running as root, and neither the account postgres nor nobody exists"
  chown "$PG_USER" "$PG_DIR"
  if ! postgres_as_owner test -w "$PG_DIR"; then
    # TMPDIR lies below a directory that only root may enter.
    rmdir "$PG_DIR"
    PG_DIR=$(mktemp -d /tmp/hospes-pg.XXXXXX) || return 1
    chown "$PG_USER" "$PG_DIR"
  fi
}

postgres_init() {
  # A linguistic collation, as most production servers have one: a query that forgets to ask for
  # byte order must fail here. Servers built without ICU get the byte order of the C locale.
  local common=(--pgdata="$PG_DIR/data" --username=hospes --auth=trust --encoding=UTF8 --no-sync)
  postgres_as_owner "$PG_BIN/initdb" "${common[@]}" --locale=C --locale-provider=icu \
    --icu-locale=en-US >"$PG_DIR/initdb.log" 2>&1 && return 0
  postgres_as_owner rm -rf "$PG_DIR/data"
  postgres_as_owner "$PG_BIN/initdb" "${common[@]}" --locale=C >>"$PG_DIR/initdb.log" 2>&1 && return 0
  cat "$PG_DIR/initdb.log" >&2
  printf 'error: initdb failed; its output is above\n' >&2
  return 1
}

postgres_configure() {
  local mode=$1
  {
    printf "listen_addresses = '127.0.0.1'\n"
    printf "unix_socket_directories = '%s'\n" "$PG_DIR"
    printf 'max_connections = 200\n'
    printf "timezone = 'UTC'\n"
    if [ "$mode" = fast ]; then
      printf 'fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n'
      printf 'wal_level = minimal\nmax_wal_senders = 0\n'
    fi
  } >>"$PG_DIR/data/postgresql.conf"
}

postgres_start() {
  local mode=$1 attempt port
  case $mode in
    fast | durable) ;;
    *) die "postgres_start takes 'fast' or 'durable', not '$mode'" ;;
  esac
  if ! postgres_find; then
    postgres_install || return 1
    postgres_find || die "PostgreSQL was installed, but initdb and pg_ctl were not found where they usually are"
  fi
  at_exit postgres_stop
  postgres_make_dir || return 1
  (
    # The server's account may not be allowed to stand in the caller's directory.
    cd "$PG_DIR" || exit 1
    postgres_init && postgres_configure "$mode"
  ) || return 1
  for attempt in 1 2 3 4 5; do
    port=$(free_port) || return 1
    if (
      cd "$PG_DIR" || exit 1
      postgres_as_owner "$PG_BIN/pg_ctl" start --wait --timeout=60 --silent \
        --pgdata="$PG_DIR/data" --log="$PG_DIR/server.log" --options="-p $port" </dev/null >/dev/null 2>&1
    ); then
      POSTGRES_URL="postgres://hospes@127.0.0.1:$port/postgres"
      say "PostgreSQL $("$PG_BIN/postgres" --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/') on 127.0.0.1:$port ($mode)"
      return 0
    fi
  done
  cat "$PG_DIR/server.log" >&2
  printf 'error: PostgreSQL did not start after %s attempts; its log is above\n' "$attempt" >&2
  return 1
}

postgres_stop() {
  if [ -n "$PG_DIR" ] && [ -d "$PG_DIR" ]; then
    if [ -f "$PG_DIR/data/postmaster.pid" ]; then
      # Nothing in the cluster is kept: no reason to wait for a checkpoint.
      (cd "$PG_DIR" && postgres_as_owner "$PG_BIN/pg_ctl" stop --wait --silent --mode=immediate \
        --pgdata="$PG_DIR/data" >/dev/null 2>&1) || true
    fi
    rm -rf "$PG_DIR"
  fi
  PG_DIR=
  POSTGRES_URL=
}
