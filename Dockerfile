# One image for every process; docker-compose.yml says which one runs.
FROM node:24-slim AS pages
WORKDIR /sapa
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim
COPY --from=pages /usr/local/bin/node /usr/local/bin/node
WORKDIR /sapa
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY --from=pages /sapa/node_modules node_modules
COPY . .
# Collecting needs the settings, which need these, whatever they are: nothing is connected to.
RUN python .ci/vendor.py \
    && for po in $(find crm caring loyalty social -name '*.po'); do pybabel -q compile -i "$po" -o "${po%.po}.mo"; done \
    && SAPA_ENV=production SECRET_KEY=building DATABASE_URL=postgresql:///x REDIS_URL=redis://x \
       python manage.py collectstatic --no-input \
    && rm -rf node_modules /usr/local/bin/node \
    && useradd --system --create-home sapa && mkdir /var/lib/sapa && chown sapa /var/lib/sapa
USER sapa
ENV SAPA_ENV=production SAPA_HOME=/var/lib/sapa PYTHONUNBUFFERED=1
EXPOSE 8000
CMD ["gunicorn", "crm.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8"]
