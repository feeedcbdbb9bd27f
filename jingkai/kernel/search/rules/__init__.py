"""The right to edit everyday words."""

from jingkai.kernel.permissions.data import Permission

MANAGE_WORDS = "search.manage_words"

PERMISSIONS = (Permission(MANAGE_WORDS, "维护搜索口语词", "Edit the everyday words of the search", "search"),)
