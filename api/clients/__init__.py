"""boto3's door: the user's own clients, in process."""
