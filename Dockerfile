# liveroom in a container: the wheel with its live page is built in the first stage, the second has Python and nothing
# to build with, pip neither. Settings come as LIVEROOM_* variables, no secret is in the image. What has to be kept is in
# /data; beside it only /tmp is written to, so that the root file system can be read-only.
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
RUN python -m venv --without-pip /opt/liveroom
COPY pyproject.toml constraints.txt hatch_build.py LICENSE NOTICE package.json package-lock.json ./
COPY README.md README.zh-CN.md CONTRIBUTING.md CHANGELOG.md ./
COPY docs docs
COPY clients clients
COPY web web
COPY src src
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /build/dist .
RUN python -m pip --python /opt/liveroom/bin/python install --no-cache-dir --constraint constraints.txt /build/dist/liveroom-*.whl

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data liveroom && install -d -o liveroom -g liveroom -m 0700 /data
COPY --from=build /opt/liveroom /opt/liveroom
ENV PATH=/opt/liveroom/bin:/usr/local/bin:/usr/bin:/bin \
    LIVEROOM_HOST=0.0.0.0 \
    LIVEROOM_PORT=9000 \
    LIVEROOM_DATA_DIR=/data \
    LIVEROOM_LOG_FORMAT=json
WORKDIR /data
VOLUME /data
# By its number: Kubernetes lets runAsNonRoot pass only what is visibly not 0.
USER 10001:10001
EXPOSE 9000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9000/readyz', timeout=4)"]
CMD ["liveroom", "serve"]
