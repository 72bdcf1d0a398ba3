"""What an account can hold: licences and their versions, published and retired."""
