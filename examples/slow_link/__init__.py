"""What a strategy's round trips cost where the server is further away."""
