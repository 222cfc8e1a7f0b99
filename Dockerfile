# One image for every process of Sapa; docker-compose.yml says which one runs. Nothing in it is secret.
# Three stages: pages (what npm brings), build (Python packages, static files, catalogues), and what is kept.
FROM node:24-bookworm-slim AS pages
WORKDIR /sapa
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim-bookworm AS build
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
WORKDIR /sapa
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY --from=pages /usr/local/bin/node /usr/local/bin/node
COPY --from=pages /sapa/node_modules node_modules
COPY . .
# Collecting needs settings, and these to be set, whatever they are: nothing is connected to.
RUN python .ci/vendor.py && .ci/bundle \
    && python .ci/messages.py compile \
    && SAPA_ENV=production SECRET_KEY=building DATABASE_URL=postgresql:///building REDIS_URL=redis://building/0 \
       python manage.py collectstatic --no-input \
    && find . -name '*.po' -delete \
    && python -m compileall -q crm caring loyalty social \
    && rm -rf .ci node_modules package.json package-lock.json requirements.txt /opt/venv/bin/pip* \
       /opt/venv/lib/python3.13/site-packages/pip /opt/venv/lib/python3.13/site-packages/pip-*

FROM python:3.13-slim-bookworm
ARG SAPA_VERSION=unreleased
LABEL org.opencontainers.image.title="Sapa" \
      org.opencontainers.image.description="Customer care for a telecom operator" \
      org.opencontainers.image.version="$SAPA_VERSION"
# A number, so that folders of the host can be given to it. The folders exist so that new volumes are its own.
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sapa \
    && install -d -o sapa -g sapa -m 0700 /var/lib/sapa /var/backups/sapa \
    && install -d -o sapa -g sapa /run/metrics
COPY --from=build /opt/venv /opt/venv
COPY --from=build /sapa /sapa
WORKDIR /sapa
USER 10001
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SAPA_ENV=production SAPA_HOME=/var/lib/sapa SAPA_VERSION=$SAPA_VERSION \
    PROMETHEUS_MULTIPROC_DIR=/run/metrics SAPA_ALIVE_FILE=/tmp/alive
VOLUME /var/lib/sapa
EXPOSE 8000
# Every process of ours ends its work on SIGTERM.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-I", "crm/lib/observe/health.py", "web"]
# WEB_CONCURRENCY sets the number of processes.
CMD ["gunicorn", "crm.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--threads=8", \
     "--worker-tmp-dir=/dev/shm", "--limit-request-line=8190", "--graceful-timeout=20", "--log-level=warning"]
