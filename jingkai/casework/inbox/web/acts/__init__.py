"""The acts on tasks and cases: each is one form, one operation, and back to where the work is."""
