"""The design system: layouts, components and assets; it knows no module and no business word."""
