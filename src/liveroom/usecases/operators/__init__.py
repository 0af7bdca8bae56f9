"""People who run the installation."""
