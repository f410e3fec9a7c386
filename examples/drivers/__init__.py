"""What sharing equal values saves and costs with each driver."""
