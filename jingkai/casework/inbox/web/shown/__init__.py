"""Cases, tasks and clocks as the design system draws them."""
