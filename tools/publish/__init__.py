"""What renews the published documents; not in the wheel."""
