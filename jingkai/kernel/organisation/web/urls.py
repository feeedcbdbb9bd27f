"""Addresses of the organisation."""

from django.urls import path

from jingkai.kernel.organisation.web import delegations, parks, posts, roles, units

app_name = "organisation"

urlpatterns = [
    path("system/units", units.units, name="units"),
    path("system/units/new", units.new_unit, name="new_unit"),
    path("system/units/<uuid:uuid>", units.unit, name="unit"),
    path("system/units/<uuid:uuid>/edit", units.edit_unit, name="edit_unit"),
    path("system/units/<uuid:uuid>/retire", units.retire_unit, name="retire_unit"),
    path("system/units/<uuid:uuid>/posts/new", posts.new_post, name="new_post"),
    path("system/posts", posts.posts, name="posts"),
    path("system/posts/<uuid:uuid>", posts.post, name="post"),
    path("system/posts/<uuid:uuid>/edit", posts.edit_post, name="edit_post"),
    path("system/posts/<uuid:uuid>/retire", posts.retire_post, name="retire_post"),
    path("system/posts/<uuid:uuid>/roles", posts.post_roles, name="post_roles"),
    path("system/roles", roles.roles, name="roles"),
    path("system/roles/releases", roles.releases, name="role_releases"),
    path("system/roles/new", roles.new_role, name="new_role"),
    path("system/roles/<uuid:uuid>", roles.edit_role, name="edit_role"),
    path("system/parks", parks.parks, name="parks"),
    path("system/parks/new", parks.edit_park, name="new_park"),
    path("system/parks/<uuid:uuid>", parks.edit_park, name="edit_park"),
    path("system/delegations", delegations.all_delegations, name="all_delegations"),
    path("system/delegations/new", delegations.delegate_for_other, name="delegate_for_other"),
    path("desk/delegations", delegations.delegations, name="delegations"),
    path("desk/delegations/new", delegations.delegate, name="delegate"),
    path("desk/delegations/<uuid:uuid>/end", delegations.end, name="end_delegation"),
]
