# The image of the operator: one program, no shell, not root.
#
#   docker build --build-arg VERSION=1.2.3 --build-arg REVISION=$(git rev-parse HEAD) .
#   docker buildx build --platform linux/amd64,linux/arm64 --sbom=true --provenance=mode=max .
#
# Nothing in here depends on the architecture: each platform is built by a base image of that platform.

# Any image with cargo, cc and a shell.
ARG BUILD_BASE=docker.io/library/rust:1.95-slim-bookworm
# Any image with a glibc no older than the one of BUILD_BASE.
ARG RUNTIME_BASE=gcr.io/distroless/cc-debian12:nonroot

# Read by BuildKit: the SBOM tells of Cargo.lock, too, of which the stripped program says nothing.
ARG BUILDKIT_SBOM_SCAN_CONTEXT=true

FROM ${BUILD_BASE} AS build
# A profile of Cargo.toml; dev compiles faster.
ARG PROFILE=release
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
# The manifest names tests and benchmarks, which are not here.
RUN awk '/^\[/ { kept = !/^\[\[(test|bench|example)\]\]/ } kept' Cargo.toml > trimmed && mv trimmed Cargo.toml
# The dependencies are a layer of their own, which a change of the source leaves as it is.
RUN mkdir src && touch src/lib.rs && echo 'fn main() {}' > src/main.rs \
    && cargo build --locked --bin eevee-operator --profile "$PROFILE" \
    && rm -r src
COPY src src
# Cargo goes by time, and the stand-ins above are younger than the source.
RUN touch src/lib.rs src/main.rs \
    && cargo build --locked --bin eevee-operator --profile "$PROFILE" \
    && folder=$PROFILE && if [ "$folder" = dev ]; then folder=debug; fi \
    && install -D --strip "target/$folder/eevee-operator" /out/eevee-operator

FROM ${RUNTIME_BASE}
ARG VERSION=0.0.0
ARG REVISION=unknown
# RFC 3339.
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="eevee-operator" \
      org.opencontainers.image.description="Kubernetes operator of the chatbot platform eevee.bot" \
      org.opencontainers.image.url="https://eevee.bot" \
      org.opencontainers.image.source="https://github.com/eeveebot/operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# For the allocator. Where a node gives huge pages to whoever does not refuse them, the first of each region would take megabytes.
# What is freed goes back at once: an operator that has nothing to do would keep it for as long as it has nothing to do.
ENV MIMALLOC_ALLOW_THP=0 MIMALLOC_PURGE_DELAY=0
COPY --from=build /out/eevee-operator /usr/local/bin/eevee-operator
# By number: Kubernetes cannot tell whether a name is root.
USER 65532:65532
EXPOSE 9000 8081
ENTRYPOINT ["/usr/local/bin/eevee-operator"]
