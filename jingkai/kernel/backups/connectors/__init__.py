"""What is run or opened outside the product: PostgreSQL's own programs, and the archive of keys."""
