"""The pages of orders: submitting, the order itself, and the commercial desk."""
