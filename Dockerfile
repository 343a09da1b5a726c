# MemoryHub in one image. By default it runs the whole product with its embedded Postgres:
#   docker build -t memoryhub . && docker run -p 127.0.0.1:8000:8000 -v memoryhub:/data memoryhub
# docker-compose.yml runs the same image as separate services beside a Postgres, a Redis and a Neo4j.

FROM python:3.11-slim-bookworm AS build

# The version that the Makefile names.
ARG UV_VERSION=0.13.8
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore "uv==${UV_VERSION}"
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
# The packages come before the code, so that a change of the code alone installs nothing.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache
COPY . .
RUN python -m compileall -q accounts graphs memories memoryhub providers


FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin memoryhub \
    && install --directory --owner=memoryhub --group=memoryhub --mode=700 /data
# Owned by root: the account that serves requests cannot change the code it runs.
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    MEMORYHUB_DATA=/data \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /app
USER memoryhub
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready/', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "up"]
