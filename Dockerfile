# Postgres with helpdesk. PG is the major version: 15, 16, 17 or 18.
#   docker build --build-arg PG=17 -t postgres-helpdesk:17 .
# Supabase's Postgres with helpdesk. PG must be the major version of the tag:
#   docker build --target supabase --build-arg PG=17 --build-arg SUPABASE_TAG=15.8.1.085 -t supabase-helpdesk .
ARG PG=17
ARG RUST=1.95
ARG SUPABASE_TAG=15.8.1.085

FROM rust:${RUST}-slim-bookworm AS rust

FROM postgres:${PG}-bookworm AS build
ARG PG
# hadolint ignore=DL3008 # The image decides the versions of Debian's packages.
RUN apt-get update \
  && apt-get install -y --no-install-recommends build-essential libclang-dev pkg-config "postgresql-server-dev-$PG" \
  && rm -rf /var/lib/apt/lists/*
COPY --from=rust /usr/local/rustup /usr/local/rustup
COPY --from=rust /usr/local/cargo /usr/local/cargo
ENV RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:$PATH
WORKDIR /helpdesk
COPY . .
RUN PG_CONFIG="/usr/lib/postgresql/$PG/bin/pg_config" DESTDIR=/package scripts/install --no-setup \
  && strip --strip-unneeded "/package/usr/lib/postgresql/$PG/lib/helpdesk.so"

# Supabase's Postgres lies in one folder of Nix, which its program `postgres` leads to.
FROM supabase/postgres:${SUPABASE_TAG} AS supabase
ARG PG
RUN --mount=from=build,source=/package,target=/package \
  postgres=$(dirname "$(dirname "$(readlink -f "$(command -v postgres)")")") \
  && case "$(postgres --version)" in *" $PG."*) ;; *) echo "PG is $PG, but this is $(postgres --version)" >&2; exit 1 ;; esac \
  && cp "/package/usr/lib/postgresql/$PG/lib/helpdesk.so" "$postgres/lib/" \
  && cp /package/usr/share/postgresql/"$PG"/extension/helpdesk* "$postgres/share/postgresql/extension/"

FROM postgres:${PG}-bookworm
COPY --from=build /package/ /
