# syntax=docker/dockerfile:1
#
#   docker build -t hospes .
#   docker run --rm -p 127.0.0.1:8080:8080 -v hospes:/var/lib/hospes hospes
#
# With PostgreSQL: compose.yaml.

FROM rust:1-slim-bookworm AS build
# A C compiler is in the image already; it builds SQLite, PostgreSQL's client library and the
# cryptography libraries from source; OpenSSL's build needs make and perl.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# The dependencies alone, in a layer that stays until Cargo.toml or Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && cargo build --release --locked --bin hospes \
    && rm -r src

COPY . .
# Cargo goes by modification times, and the files copied may be older than the empty ones built above.
RUN touch src/main.rs src/lib.rs \
    && cargo build --release --locked --bin hospes \
    && install -D -m 0755 target/release/hospes /out/hospes


FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 hospes \
    && useradd --system --uid 10001 --gid hospes --no-create-home --home-dir /var/lib/hospes \
        --shell /usr/sbin/nologin hospes \
    && install -d -o hospes -g hospes -m 0750 /var/lib/hospes /var/lib/hospes/keys \
        /var/lib/hospes/attachments
COPY --from=build /out/hospes /usr/local/bin/hospes

ENV HOSPES_LISTEN=0.0.0.0:8080 \
    HOSPES_DATABASE_URL=sqlite:///var/lib/hospes/hospes.db \
    HOSPES_KEYS_DIR=/var/lib/hospes/keys \
    HOSPES_ATTACHMENTS_DIR=/var/lib/hospes/attachments

USER 10001:10001
WORKDIR /var/lib/hospes
VOLUME /var/lib/hospes
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["hospes", "health"]

ENTRYPOINT ["hospes"]
CMD ["serve"]
