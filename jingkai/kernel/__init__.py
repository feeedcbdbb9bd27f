"""What everything stands on: parties, accounts, permissions, audit, events, calendar, rules."""
