"""What every part needs: errors, escaping, secrets, files that a user names, its distribution."""
