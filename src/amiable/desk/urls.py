"""The desk's addresses."""

from django.urls import path

from amiable.desk.views import (
    contacts,
    customer,
    customer_acts,
    customers,
    details,
    gallery,
    preferences,
    search,
    tasks,
    today,
)

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("tasks/<int:pk>/done/", tasks.task_done, name="task_done"),
    path("tasks/<int:pk>/reopen/", tasks.task_reopen, name="task_reopen"),
    path("customers/", customers.customers, name="customers"),
    path("customers/export/", customers.customers_export, name="customers_export"),
    path("customers/assign/", customers.customers_assign, name="customers_assign"),
    path("customers/hold/", customers.customers_hold, name="customers_hold"),
    path("customers/unhold/", customers.customers_unhold, name="customers_unhold"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/details/", details.details, name="customer_details"),
    path("customers/<int:pk>/call/", customer_acts.call, name="customer_call"),
    path("customers/<int:pk>/note/", customer_acts.note, name="customer_note"),
    path("customers/<int:pk>/hold/", customer_acts.hold, name="customer_hold"),
    path("customers/<int:pk>/hold/<int:hold_pk>/end/", customer_acts.hold_end, name="customer_hold_end"),
    path("customers/<int:pk>/answered/<int:touch_pk>/", customer_acts.answered, name="customer_answered"),
    path("customers/<int:pk>/contacts/new/", contacts.contact_new, name="customer_contact_new"),
    path("customers/<int:pk>/contacts/<int:contact_pk>/", contacts.contact_edit, name="customer_contact"),
    path("search/", search.search, name="search"),
    path("language/", preferences.choose_language, name="language"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("creditor/", preferences.choose_creditor, name="creditor"),
    path("gallery/", gallery.gallery, name="gallery"),
]
