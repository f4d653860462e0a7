"""Tables of every make behind one face: rows are taken and added, and the caller gets his own kind back."""
