"""X as far as an operator meets it, on this machine: REST v2, webhooks with their check, the X Activity API.

    python -m crm.demo.simulators.x [--port 0] [--home FOLDER] [--reset]

`make run` starts it beside the product. State lies in SAPA_HOME/x-simulator: `x.sqlite3`, and `credentials.json` with
the secrets of the one app and of our account. `/` is a page on which one acts as a customer; `/2/…` is the API.

Tests and the page's panel plan mischief by JSON over HTTP (`Content-Type: application/json`), from this machine alone:

    GET  /control/state      webhooks, deliveries, the last calls of the API, what is planned
    POST /control/faults     {"answer": "429|500|503|hang|garbage|close", "times": 1, "path": "/2/tweets",
                              "after": false, "seconds": 30}   the next calls are answered so; with "after" what was
                              asked is done first and only the answer is lost; seconds: of a hang, of a 429
    POST /control/events     {"next": "twice|reordered|forged|unsigned|dropped", "times": 1}   the next events:
                              reordered waits for the one after it, forged and unsigned add a counterfeit before it
    POST /control/replay     {"back": 0}   send an event that was delivered once more, byte for byte
    POST /control/hold       keep events back (missed ones must be pulled);  POST /control/release  let them go
    POST /control/calm       forget all that is planned, usual limits, let go what was held
    POST /control/limits     {"limits": {"POST /2/tweets": 2}, "window": 900}   others are X's published ones
    POST /control/users      {"username", "name", "takes_messages": true}
    POST /control/posts      {"as": "rina", "text", "reply_to": id, "quotes": id, "media": [base64], "address": true}
    GET  /control/posts      ?by=rina (our account's when not given)
    POST /control/messages   {"as": "rina", "to": "sapa_care", "text", "media": [base64]};  GET ?with=rina
    POST /control/connect    {"url"}   register the webhook with every subscription;  POST /control/recheck  check now
"""
