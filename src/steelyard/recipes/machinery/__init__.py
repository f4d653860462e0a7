"""What every recipe runs on: units of work, claims with their tests, and the pages that print the table."""
