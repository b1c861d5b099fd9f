# One image for every part: the command that follows says which part a container is.
#   docker build --build-arg VERSION=$(node -p "require('./package.json').version") -t hft-scheduler .
#   docker run --rm hft-scheduler worker --help
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
# Before the sources: packages are fetched again only when these two change.
COPY package.json package-lock.json ./

FROM packages AS production
# Without optional ones: that is a compiler, and native code that only reads what BullMQ never sends.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# What no program reads; licences stay.
RUN find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.[cm]ts' -o -name '*.md' \) \
    ! -iname '*licen[cs]e*' -delete

FROM packages AS build
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json tsconfig.browser.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build
RUN find dist \( -name '*.map' -o -name .built \) -delete

FROM node:24.21.0-bookworm-slim
# tini is process 1: it hands signals on and reaps what ends. What installs packages is not needed.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx \
      /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn*
# For people: docker compose exec worker hft-scheduler status
RUN ln -s /app/dist/cli.js /usr/local/bin/hft-scheduler
ENV NODE_ENV=production
# Of the health checks, on the container's own loopback.
ENV SCHEDULER_HEALTH_PORT=9090
WORKDIR /app
COPY --from=production /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
# Alive, not ready: a restart brings no Redis back, and costs the calls in flight.
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=3 \
    CMD ["hft-scheduler", "health", "--check", "livez"]
ENTRYPOINT ["/usr/bin/tini", "--", "hft-scheduler"]
CMD ["--help"]
# Last, for it changes with every release.
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="hft-scheduler" \
    org.opencontainers.image.description="Calls trading engines on time, one call at a time, with every slot accounted for" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.licenses="MIT"
