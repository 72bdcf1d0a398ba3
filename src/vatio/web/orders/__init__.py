"""The pages of orders: asking, the order itself, and the desk that decides."""
