from django.urls import path

from crm.customers.views import corrections, papers, record

app_name = "customers"
urlpatterns = [
    path("customers/quality/", corrections.quality, name="quality"),
    path("customers/corrections/", corrections.corrections, name="corrections"),
    path("customers/corrections.csv", corrections.export, name="corrections-export"),
    path("customers/corrections/<int:pk>/decide/", corrections.decide, name="correction-decide"),
    path("customers/corrections/<int:pk>/reopen/", corrections.reopen, name="correction-reopen"),
    path("customers/<int:pk>/edit/", record.edit, name="edit"),
    path("customers/<int:pk>/addresses/<slug:kind>/", record.address, name="address"),
    path("customers/<int:pk>/addresses/<slug:kind>/drop/", record.drop_address, name="address-drop"),
    path("customers/<int:pk>/addresses/<slug:kind>/reveal/", papers.reveal_address, name="address-reveal"),
    path("customers/regions/", record.regions, name="regions"),
    path("customers/<int:pk>/contacts/new/", record.new_contact, name="contact-new"),
    path("customers/<int:pk>/contacts/<int:point>/", record.contact, name="contact"),
    path("customers/<int:pk>/contacts/<int:point>/verify/", record.verify, name="contact-verify"),
    path("customers/<int:pk>/contacts/<int:point>/retire/", record.retire, name="contact-retire"),
    path("customers/<int:pk>/papers/new/", papers.paper, name="paper-new"),
    path("customers/<int:pk>/papers/<int:paper>/drop/", papers.drop, name="paper-drop"),
    path("customers/<int:pk>/papers/<int:paper>/reveal/", papers.reveal, name="paper-reveal"),
]
