"""Messages to people (mail, SMS), written in the caller's transaction and sent afterwards: none lost, none doubled."""
