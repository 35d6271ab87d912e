# One image for every service: the container's command picks the app, `node apps/<app>/dist/main.js`.
# TensorFlow models need more: --build-arg RUNTIMES=tensorflow adds their packages (470 MB).
# For a reproducible release name the base by digest: --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
ARG RUNTIMES=

# Only what decides which packages there are, so that a change of source keeps the layers that install them.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps apps
COPY libs libs
RUN find apps libs -type f ! -name package.json ! -name package-lock.json -delete

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tools tools
COPY apps apps
COPY libs libs
RUN node tools/build.mjs && find apps libs -name node_modules -prune -o -path '*/src/*' -name '*.ts' -exec rm {} +

# What runs: no development packages, no second Node beside the image's, no binaries of other systems.
FROM ${NODE_IMAGE} AS packages
ARG RUNTIMES
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=dev \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node \
           node_modules/onnxruntime-node/bin/napi-v*/darwin node_modules/onnxruntime-node/bin/napi-v*/win32
RUN --mount=type=cache,target=/root/.npm for runtime in $RUNTIMES; do npm ci --ignore-scripts --prefix libs/platform/runtimes/$runtime; done

FROM ${NODE_IMAGE} AS service
# Large pages for what glibc allocates, where Linux leaves it to programs: tables are read all over, and finding a page costs more than reading it.
ENV NODE_ENV=production \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    SERENDIP_HOST=0.0.0.0 \
    SERENDIP_DATA_DIR=/var/lib/serendip/data
RUN install --directory --owner=1000 --group=1000 /var/lib/serendip
WORKDIR /app
COPY package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/apps apps
COPY --from=build /app/libs libs
COPY --from=packages /app/libs/platform/runtimes libs/platform/runtimes
USER 1000:1000
# gateway, gRPC services, admin ports
EXPOSE 8080 50051-50056 9090-9096
CMD ["node", "apps/gateway/dist/main.js"]
