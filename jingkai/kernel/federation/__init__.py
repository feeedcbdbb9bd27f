"""Signing in with the identity that a province or the state has proven (统一身份认证, OpenID Connect)."""
