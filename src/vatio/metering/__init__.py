"""What is installed in an account: sites, supply points, meters, data points and RTC lines."""
