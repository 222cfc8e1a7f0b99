from django.urls import path

from crm.messaging.views import letters, outbox

app_name = "messaging"
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.decide, name="decide"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<int:pk>/", letters.post, name="post"),
    path("letters/<int:pk>.pdf", letters.letter_file, name="letter"),
]
