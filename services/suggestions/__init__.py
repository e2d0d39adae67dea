"""What people outside the teams say about listings: taken in, decided field by field, answered."""
