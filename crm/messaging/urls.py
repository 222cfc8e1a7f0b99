from django.urls import path

from crm.messaging.views import arrivals, connections, letters, outbox, sms

app_name = "messaging"
urlpatterns = [
    path("channels/", connections.connections, name="connections"),
    path("channels/new/", connections.choose, name="connection-new"),
    path("channels/new/<slug:channel>/", connections.add, name="connection-add"),
    path("channels/<int:pk>/", connections.connection, name="connection"),
    path("channels/<int:pk>/change/", connections.change, name="connection-change"),
    path("channels/<int:pk>/switch/", connections.switch, name="connection-switch"),
    path("channels/<int:pk>/check/", connections.check, name="connection-check"),
    path("channels/<int:pk>/test/", connections.try_out, name="connection-try"),
    path("channels/arrivals/", arrivals.arrivals, name="arrivals"),
    path("channels/arrivals/all/", arrivals.retry_all, name="arrivals-all"),
    path("channels/arrivals/<int:pk>/", arrivals.decide, name="arrival-decide"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.decide, name="decide"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<int:pk>/", letters.post, name="post"),
    path("letters/<int:pk>.pdf", letters.letter_file, name="letter"),
    path("hooks/sms/<str:hook>/in/", sms.incoming, name="sms-in"),
    path("hooks/sms/<str:hook>/report/", sms.report, name="sms-report"),
]
