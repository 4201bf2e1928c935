# One image for web, worker, beat and the migration step: docker-compose.yml gives each its command.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt .
RUN pip install --require-hashes --only-binary=:all: -r requirements.txt
COPY . .
# The key only lets the settings load; it is made here and forgotten here.
RUN ROTA_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ROTA_HOSTS=localhost ROTA_DATA_DIR=/tmp/build \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ROTA_DATA_DIR=/var/lib/rota ROTA_BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin rota \
    && install -d -m 700 -o rota -g rota /var/lib/rota
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER rota
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "config.healthcheck"]
