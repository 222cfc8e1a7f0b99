from django.urls import path

from crm.web.public import EMBED, HELP
from crm.web.views import articles, form, lost, staff, status

app_name = "web"
urlpatterns = [
    path("help/", form.help_form, {"where": HELP}, name="help"),
    path("help/embed/", form.help_form, {"where": EMBED}, name="embed"),
    path("help/received/<str:receipt>/", form.received, {"where": HELP}, name="received"),
    path("help/embed/received/<str:receipt>/", form.received, {"where": EMBED}, name="embed_received"),
    path("help/articles/<int:pk>/", articles.article, name="article"),
    path("status/", lost.lost, name="lost"),
    path("status/<str:token>/", status.status, name="status"),
    path("status/<str:token>/message/", status.message, name="message"),
    path("status/<str:token>/solved/", status.solved, name="solved"),
    path("status/<str:token>/news/", status.news, name="news"),
    path("status/<str:token>/files/<int:pk>/", status.file, name="file"),
    path("cases/<int:number>/status-link/", staff.status_link, name="status_link"),
]
