"""What can be held: licences, their versions, publishing and retiring."""
