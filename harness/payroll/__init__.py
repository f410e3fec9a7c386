"""The generated payroll, the call that reads it, and the check of what came back."""
