"""How the product is put together."""
