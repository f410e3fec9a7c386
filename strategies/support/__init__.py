"""What the strategies are made with: the contract, the tables, and what several of them share."""
