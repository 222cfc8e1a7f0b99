# Kannel from Debian: bearerbox and smsbox in one container, which ends when either does.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends kannel gettext-base \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10002 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sms \
    && install -d -o sms -g sms -m 0700 /var/spool/sapa-sms
USER 10002
VOLUME /var/spool/sapa-sms
STOPSIGNAL SIGTERM
COPY kannel.conf kannel-start /etc/sapa/
CMD ["bash", "/etc/sapa/kannel-start"]
