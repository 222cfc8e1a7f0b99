from django.urls import path

from crm.staff.views import company, entrance, invitations, passwords, people, shifts, yourself

app_name = "staff"
urlpatterns = [
    path("login/", entrance.login, name="login"),
    path("login/second-step/", entrance.second_step, name="second_step"),
    path("login/company/", company.Begin.as_view(), name="company"),
    path("login/company/return/", company.Return.as_view(), name="company_callback"),
    path("logout/", entrance.logout, name="logout"),
    path("password/", passwords.forgotten, name="password_reset"),
    path("password/sent/", passwords.sent, name="password_sent"),
    path("password/<uidb64>/<token>/", passwords.NewPassword.as_view(), name="password_new"),
    path("invitation/<token>/", invitations.accept, name="accept"),
    path("presence/", yourself.presence, name="presence"),
    path("language/", yourself.language, name="language"),
    path("theme/", yourself.theme, name="theme"),
    path("me/", yourself.profile, name="profile"),
    path("me/password/", yourself.password, name="password_change"),
    path("me/sign-out-elsewhere/", yourself.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("me/second-step/", yourself.second_step_add, name="second_step_add"),
    path("me/second-step/remove/", yourself.second_step_remove, name="second_step_remove"),
    path("staff/people/", people.people, name="people"),
    path("staff/people/invite/", invitations.invite, name="invite"),
    path("staff/people/<int:pk>/", people.person, name="person"),
    path("staff/people/<int:pk>/release/", people.release, name="release"),
    path("staff/people/<int:pk>/sign-out/", people.end_sessions, name="end_sessions"),
    path("staff/people/<int:pk>/second-step/", people.remove_second_step, name="person_second_step_remove"),
    path("staff/people/<int:pk>/password/", people.send_reset_link, name="send_reset_link"),
    path("staff/invitations/<int:pk>/send/", invitations.send_again, name="invitation_send"),
    path("staff/invitations/<int:pk>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
    path("staff/shifts/", shifts.week, name="shifts"),
    path("staff/sign-ins/", people.sign_ins, name="sign_ins"),
]
