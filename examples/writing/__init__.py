"""A payroll written to the two tables that the strategies read, in several ways."""
